// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/deployment.h"
#include "testbenches/spikeloom/results/energy_report.h"
#include "testbenches/spikeloom/simulation/share_result.h"

namespace spikeloom::program {

/// `energy` is null with timing functional.
std::string images_csv(const ShareResult& result, const common::Deployment& deployment,
                       const EnergyReport* energy);
/// Counts over the ticks that count in the means, zeros left out; docs/energy.md.
std::string events_csv(const EnergyReport& energy);
std::string energy_csv(const EnergyReport& energy);
std::string cores_csv(const EnergyReport& energy, const common::Deployment& deployment);
std::string power_csv(const EnergyReport& energy, const ShareResult& result,
                      const common::ChipDescription& chip);
std::string ticks_csv(const EnergyReport& energy);

}  // namespace spikeloom::program
