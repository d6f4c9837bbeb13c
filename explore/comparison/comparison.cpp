// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/comparison/comparison.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "spikeloom/explore/comparison/neuron_state.h"
#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::explore {

bool Difference::before(const Difference& other) const {
  return std::tie(image, layer, neuron) < std::tie(other.image, other.layer, other.neuron);
}

void Comparison::observe(const sim::Observation& seen) {
  if (seen.category == sim::kInputCategory) {
    expected_[seen.image] =
        reference_.run(seen.levels.data(), converter::Reference::Potentials::kKeep);
    return;
  }
  const std::size_t layer = seen.category - 1;
  const converter::Reference::Result& expected = expected_.at(seen.image);
  if (seen.levels != expected.levels[layer]) note(seen, layer, expected);
  compared_ += seen.levels.size();
  if (layer + 1 == network_.layers.size()) expected_.erase(seen.image);
}

void Comparison::note(const sim::Observation& seen, std::size_t layer,
                      const converter::Reference::Result& expected) {
  const auto [chip, reference] =
      std::mismatch(seen.levels.begin(), seen.levels.end(), expected.levels[layer].begin());
  const auto neuron = static_cast<std::size_t>(chip - seen.levels.begin());
  Difference difference{seen.image, layer, neuron, ""};
  if (first_ && !difference.before(*first_)) return;
  const converter::SpikingLayer& spiking = network_.layers[layer];
  const int level = std::min(*chip, *reference);
  difference.text = fmt::format(
      "image {}, layer {}, {}, in tick {}:\n"
      "  chip:      {} spikes of {}\n  reference: {} spikes of {}, potential {}, threshold {}\n",
      seen.image, spiking.name, neuron_text(spiking.output, neuron), seen.tick, *chip,
      spiking.levels(), *reference, spiking.levels(), expected.potentials[layer][neuron],
      reference_threshold(layer, neuron, level));
  const auto state = find_neuron(deployment_, seen.board, layer, neuron, level);
  difference.text +=
      state ? "  on the chip: " + state->text() + "\n" : "  no neuron of the chip implements it\n";
  first_ = difference;
}

std::int32_t Comparison::reference_threshold(std::size_t layer, std::size_t neuron,
                                             int level) const {
  const converter::SpikingLayer& spiking = network_.layers[layer];
  if (pools(spiking.kind)) return 1;
  const int width = spiking.output.width;
  const int row = static_cast<int>(neuron) / width;
  const int height = spiking.output.height;
  return spiking.thresholds_of(row / height, row % height, static_cast<int>(neuron) % width)[level];
}

}  // namespace spikeloom::explore
