// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/mapping_name.h"

#include <array>
#include <cstring>

#include <nlohmann/json.hpp>

#include "spikeloom/arch/chip_json.h"
#include "spikeloom/base/content_hash.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/sim/inputs/energy_coefficients.h"

namespace spikeloom::sim {

std::string mapping_name(const RunConfig& config, const std::string& network) {
  nlohmann::json all = {{"network", network},
                        {"chip", arch::to_json(mapper::mapped_subset(config.chip))},
                        {"grow", config.chip.board.grow},
                        {"seed", config.seed},
                        {"effort", config.effort},
                        {"objective", mapper::name(config.objective)}};
  if (needs_energy(config.objective)) {
    const mapper::EnergyCoefficients coefficients = energy_coefficients(config.energy, config.chip);
    std::array<double, sizeof coefficients / sizeof(double)> values{};
    std::memcpy(values.data(), &coefficients, sizeof coefficients);
    all["energy"] = values;
  }
  return base::content_hash(base::json_text(all));
}

}  // namespace spikeloom::sim
