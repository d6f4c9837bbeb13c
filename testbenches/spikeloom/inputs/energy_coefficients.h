// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/chip_description.h"
#include "hw/energy/energy_model.h"
#include "mapper/objective.h"

namespace spikeloom::program {

/// What the mapper's objective "energy" needs of an energy file, at the chip's voltage and clock.
mapper::EnergyCoefficients energy_coefficients(const hw::EnergyDescription& energy,
                                               const common::ChipDescription& chip);

}  // namespace spikeloom::program
