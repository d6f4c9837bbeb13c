// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/energy/area_description.h"

namespace spikeloom::hw {

/// The parts of a chip that area is reported by.
enum class AreaPart : std::uint8_t {
  kCrossbars,      ///< synapse memory
  kAxonBuffers,    ///< two bitmaps of all groups
  kAxonExpansion,  ///< expansion tables
  kTables,         ///< groups, neurons, gather lists, thresholds
  kRoutingTables,
  kAccumulators,  ///< dendrite sums
  kAdders,        ///< lanes of the crossbar, neuron units
  kRouterFifos,
  kRouterCrossbars,
  kLogic,  ///< the cores' control
  kChip,   ///< pads, clock tree, host port, bus
};
inline constexpr std::size_t kAreaParts = 11;
inline constexpr std::array<std::string_view, kAreaParts> kAreaPartNames = {
    "crossbars",    "axon_buffers", "axon_expansion", "tables",           "routing_tables",
    "accumulators", "adders",       "router_fifos",   "router_crossbars", "logic",
    "chip"};

/// The area of one chip of a board, in square millimetres.
class AreaModel {
 public:
  AreaModel(const AreaDescription& description, const arch::ChipDescription& chip);

  double part(AreaPart which) const { return parts_[static_cast<std::size_t>(which)]; }
  /// The sum in the order of AreaPart.
  double chip() const;
  /// One core with its share of the routers.
  double core() const;

 private:
  double& at(AreaPart which) { return parts_[static_cast<std::size_t>(which)]; }

  double cores_;
  std::array<double, kAreaParts> parts_{};
};

}  // namespace spikeloom::hw
