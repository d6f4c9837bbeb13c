// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/plan_choice.h"

namespace spikeloom::mapper {

/// What a mapping minimizes (docs/mapper.md).
enum class Objective {
  kCores,    ///< cores, then packets
  kTraffic,  ///< packets/spike as far as the board has cores, then cores
  kEnergy,   ///< expected energy of an image, then packets
  kBalance,  ///< cycles of the busiest core in a tick, then cores
};
constexpr std::string_view name(Objective value) {
  switch (value) {
    case Objective::kCores:
      return "cores";
    case Objective::kTraffic:
      return "traffic";
    case Objective::kEnergy:
      return "energy";
    case Objective::kBalance:
      return "balance";
  }
  return {};
}

/// Whether it needs MapOptions::energy.
constexpr bool needs_energy(Objective value) {
  switch (value) {
    case Objective::kCores:
      return false;
    case Objective::kTraffic:
      return false;
    case Objective::kEnergy:
      return true;
    case Objective::kBalance:
      return false;
  }
  return false;
}

inline constexpr Objective kDefaultObjective = Objective::kTraffic;

/// Energy in pJ of everything in which plans differ: of each event at the chip's voltage, and of
/// clock and leakage per cycle.
struct EnergyCoefficients {
  double axon_write = 0.0;
  double expansion_write = 0.0;
  double scan_word = 0.0;
  double row_word_read = 0.0;
  double gather = 0.0;
  double route_read = 0.0;
  double router_traversal = 0.0;
  double link_transfer = 0.0;
  double host_transfer = 0.0;
  double chip_cycle = 0.0;
  double active_core_cycle = 0.0;
  double idle_core_cycle = 0.0;
};

/// Returns, for each plan of each layer, the packets into the layer if every level of every neuron
/// fires once, then the number of axons that these packets set.
PlanCosts traffic_costs(const std::vector<LayerChoice>& layers);

/// Returns, for each plan of each layer, the expected energy of an image in fJ, then the packets.
/// The estimate assumes that a fraction kExpectedRate of all levels fires, that a packet crosses
/// sqrt(cores of the layer) links to its rectangle plus one link per core that it reaches, and that
/// a tick lasts as long as the host port needs for the input.
PlanCosts energy_costs(const std::vector<LayerChoice>& layers, const arch::ChipDescription& chip,
                       const EnergyCoefficients& coefficients);

}  // namespace spikeloom::mapper
