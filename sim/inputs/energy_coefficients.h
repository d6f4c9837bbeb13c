// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/energy/energy_model.h"
#include "spikeloom/mapper/plan/objective.h"

namespace spikeloom::sim {

/// Returns the coefficients that the mapper's objective "energy" needs, in pJ, at the chip's
/// voltage and clock.
mapper::EnergyCoefficients energy_coefficients(const hw::EnergyDescription& energy,
                                               const arch::ChipDescription& chip);

}  // namespace spikeloom::sim
