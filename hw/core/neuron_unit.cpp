// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/neuron_unit.h"

#include "spikeloom/hw/core/stochastic_unit.h"
#include "spikeloom/hw/core/threshold_unit.h"

namespace spikeloom::hw {

std::unique_ptr<NeuronUnit> make_neuron_unit(const arch::ChipDescription& chip) {
  switch (chip.core.neuron) {
    case arch::Neuron::kThreshold:
      return std::make_unique<ThresholdUnit>(chip);
    case arch::Neuron::kStochastic:
      return std::make_unique<StochasticUnit>(chip);
  }
  return nullptr;
}

}  // namespace spikeloom::hw
