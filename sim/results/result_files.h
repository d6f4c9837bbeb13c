// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/sim/results/energy_report.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Each function returns the text of the file of that name (docs/running.md). `energy` is null with
/// timing functional.
std::string images_csv(const RangeResult& result, const arch::Deployment& deployment,
                       const EnergyReport* energy);
/// Counts over the steady ticks, without zeros (docs/energy.md).
std::string events_csv(const EnergyReport& energy);
std::string energy_csv(const EnergyReport& energy);
std::string cores_csv(const EnergyReport& energy, const arch::Deployment& deployment);
std::string power_csv(const EnergyReport& energy, const RangeResult& result,
                      const arch::ChipDescription& chip);
std::string ticks_csv(const EnergyReport& energy);

}  // namespace spikeloom::sim
