// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/neuron_unit.h"

#include "spikeloom/hw/core/threshold_unit.h"

namespace spikeloom::hw {

std::unique_ptr<NeuronUnit> make_neuron_unit(const arch::ChipDescription& chip) {
  return std::make_unique<ThresholdUnit>(chip);
}

}  // namespace spikeloom::hw
