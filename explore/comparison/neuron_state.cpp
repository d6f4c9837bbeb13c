// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/comparison/neuron_state.h"

#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/hw/core/core_model.h"

namespace spikeloom::explore {

std::string NeuronState::text() const {
  return fmt::format("{}.{}, neuron {}, potential {}, threshold {}", arch::chip_name(chip),
                     arch::local_core_name(x, y), number, potential, threshold);
}

std::optional<NeuronState> find_neuron(const arch::Deployment& deployment, hw::Board& board,
                                       std::size_t layer, std::size_t neuron, int level) {
  for (const arch::CoreLabels& labels : deployment.cores) {
    const hw::CoreModel* const core = hw::model_of(board.core(labels.core));
    if (core == nullptr) continue;
    for (std::size_t j = 0; j < labels.neurons.size(); ++j) {
      const arch::NeuronLabel& label = labels.neurons[j];
      if (label.layer != layer || label.neuron != neuron || level < label.first_level ||
          level >= label.first_level + label.levels) {
        continue;
      }
      return NeuronState{deployment.chip.place(labels.core).chip,
                         deployment.chip.grid().x(labels.core),
                         deployment.chip.grid().y(labels.core),
                         j,
                         core->neurons().potentials()[j],
                         core->neurons().threshold(j, level - label.first_level)};
    }
  }
  return std::nullopt;
}

std::string neuron_text(const converter::Shape& shape, std::size_t neuron) {
  const auto width = static_cast<std::size_t>(shape.width);
  const auto height = static_cast<std::size_t>(shape.height);
  return fmt::format("neuron {} (channel {}, y {}, x {})", neuron, neuron / (height * width),
                     neuron / width % height, neuron % width);
}

}  // namespace spikeloom::explore
