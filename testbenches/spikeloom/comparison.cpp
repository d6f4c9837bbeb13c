// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/comparison.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace spikeloom::program {

bool Difference::before(const Difference& other) const {
  return std::tie(image, layer, neuron) < std::tie(other.image, other.layer, other.neuron);
}

void Comparison::observe(const Observation& seen) {
  if (seen.account == kInputAccount) {
    expected_[seen.image] =
        reference_.run(seen.levels.data(), converter::Reference::Potentials::kKeep);
    return;
  }
  const std::size_t layer = seen.account - 1;
  const converter::Reference::Result& expected = expected_.at(seen.image);
  if (seen.levels != expected.levels[layer]) note(seen, layer, expected);
  compared_ += seen.levels.size();
  if (layer + 1 == network_.layers.size()) expected_.erase(seen.image);
}

void Comparison::note(const Observation& seen, std::size_t layer,
                      const converter::Reference::Result& expected) {
  const auto [chip, reference] =
      std::mismatch(seen.levels.begin(), seen.levels.end(), expected.levels[layer].begin());
  const auto neuron = static_cast<std::size_t>(chip - seen.levels.begin());
  Difference difference{seen.image, layer, neuron, ""};
  if (first_ && !difference.before(*first_)) return;
  const converter::SpikingLayer& spiking = network_.layers[layer];
  const auto width = static_cast<std::size_t>(spiking.output.width);
  const auto height = static_cast<std::size_t>(spiking.output.height);
  const int level = std::min(*chip, *reference);
  difference.text = fmt::format(
      "image {}, layer {}, neuron {} (channel {}, y {}, x {}):\n"
      "  chip:      {} spikes of {}\n  reference: {} spikes of {}, potential {}, threshold {}\n",
      seen.image, spiking.name, neuron, neuron / (height * width), neuron / width % height,
      neuron % width, *chip, spiking.levels(), *reference, spiking.levels(),
      expected.potentials[layer][neuron], reference_threshold(layer, neuron, level));
  difference.text += chip_state(seen, layer, neuron, level);
  first_ = difference;
}

std::int32_t Comparison::reference_threshold(std::size_t layer, std::size_t neuron,
                                             int level) const {
  const converter::SpikingLayer& spiking = network_.layers[layer];
  if (spiking.kind == converter::LayerKind::kMaxPool) return 1;
  const std::size_t channel =
      neuron / static_cast<std::size_t>(spiking.output.height * spiking.output.width);
  return spiking.thresholds[channel * static_cast<std::size_t>(spiking.levels()) +
                            static_cast<std::size_t>(level)];
}

/// The chip's neuron that serves `level`: core, number, potential, threshold.
std::string Comparison::chip_state(const Observation& seen, std::size_t layer, std::size_t neuron,
                                   int level) const {
  for (const common::CoreLabels& labels : deployment_.cores) {
    const hw::CoreModel& core = seen.chip.cores()[static_cast<std::size_t>(labels.core)]->model();
    for (std::size_t j = 0; j < labels.neurons.size(); ++j) {
      const common::NeuronLabel& label = labels.neurons[j];
      if (label.layer != layer || label.neuron != neuron || level < label.first_level ||
          level >= label.first_level + label.levels) {
        continue;
      }
      const int threshold = core.neurons()[j].first_threshold + level - label.first_level;
      return fmt::format(
          "  on the chip: core {} (x {}, y {}), neuron {}, potential {}, threshold {}\n",
          labels.core, deployment_.chip.mesh.x(labels.core), deployment_.chip.mesh.y(labels.core),
          j, core.potentials()[j], core.threshold(threshold));
    }
  }
  return "  no neuron of the chip serves it\n";
}

}  // namespace spikeloom::program
