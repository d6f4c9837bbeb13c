// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/base/enum_names.h"
#include "spikeloom/hw/energy/energy_description.h"

namespace spikeloom::hw {

/// The parts of a chip by which area is reported.
enum class AreaPart : std::uint8_t {
  kCrossbars,      ///< synapse memory
  kAxonBuffers,    ///< two bitmaps of all groups
  kAxonExpansion,  ///< expansion tables
  kTables,         ///< groups, neurons, gather lists, thresholds
  kRoutingTables,
  kAccumulators,  ///< dendrite sums
  kAdders,        ///< lanes of the crossbar, neuron units with their shifters
  kRouterFifos,
  kRouterCrossbars,
  kLogic,  ///< control logic of the cores
  kChip,   ///< pads, clock tree, host port, bus
};
constexpr std::string_view name(AreaPart value) {
  switch (value) {
    case AreaPart::kCrossbars:
      return "crossbars";
    case AreaPart::kAxonBuffers:
      return "axon_buffers";
    case AreaPart::kAxonExpansion:
      return "axon_expansion";
    case AreaPart::kTables:
      return "tables";
    case AreaPart::kRoutingTables:
      return "routing_tables";
    case AreaPart::kAccumulators:
      return "accumulators";
    case AreaPart::kAdders:
      return "adders";
    case AreaPart::kRouterFifos:
      return "router_fifos";
    case AreaPart::kRouterCrossbars:
      return "router_crossbars";
    case AreaPart::kLogic:
      return "logic";
    case AreaPart::kChip:
      return "chip";
  }
  return {};
}
inline constexpr std::size_t kAreaParts = base::value_count<AreaPart>();

inline constexpr double kSquareMicrometresPerSquareMillimetre = 1e6;

class CoreMemories;

/// The area of one chip of a board, in square millimetres.
class AreaModel {
 public:
  AreaModel(const EnergyDescription& description, const arch::ChipDescription& chip);

  double part(AreaPart which) const { return parts_[static_cast<std::size_t>(which)]; }
  /// Returns the sum of all parts, added in the order of AreaPart.
  double chip() const;
  /// Returns the area of one core with its share of the routers.
  double core() const;
  /// Returns the area of one core's memories.
  double core_memories() const;

 private:
  /// Adds the memories by their bits.
  void add_memories(double bit_um2, const arch::CoreDescription& core);
  void add_modelled_memories(const CoreMemories& memories);
  double& at(AreaPart which) { return parts_[static_cast<std::size_t>(which)]; }

  double cores_;
  std::array<double, kAreaParts> parts_{};
};

}  // namespace spikeloom::hw
