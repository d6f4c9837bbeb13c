// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/registers.h"
#include "spikeloom/base/bit_field.h"
#include "spikeloom/base/enum_names.h"

namespace spikeloom::arch {

// The memory map of the configuration bus; this is its only definition. Addresses have 64 bits,
// words have 8 bytes, little-endian.

/// The fields of an address.
namespace address_field {
inline constexpr base::BitField kReserved{"reserved", 56, 8, "0"};
inline constexpr base::BitField kChip{"chip", 48, 8, "number of the chip"};
inline constexpr base::BitField kUnit{"unit", 32, 16,
                                      "number of the core, or 0xffff: the chip's own registers"};
inline constexpr base::BitField kRegion{"region", 28, 4, "see below"};
inline constexpr base::BitField kOffset{"offset", 0, 28, "in bytes"};
inline constexpr std::array kFields = {kReserved, kChip, kUnit, kRegion, kOffset};
}  // namespace address_field

inline constexpr int kBusWordBytes = 8;
inline constexpr int kChipUnit = 0xffff;
inline constexpr std::uint64_t kMaxRegionBytes = address_field::kOffset.mask() + 1;
inline constexpr int kMaxChips = static_cast<int>(address_field::kChip.mask()) + 1;
static_assert(kChipUnit == address_field::kUnit.mask());

/// Regions of a core. Status and counters are read-only; control holds registers; the others are
/// memory.
enum class CoreRegion : std::uint8_t {
  kControl,
  kStatus,
  kCounters,
  kPlusPlane,
  kMinusPlane,
  kGroups,
  kNeurons,
  kGather,
  kThresholds,
  kRoutes,
  kExpansion,
  kRandom,
};
constexpr std::string_view name(CoreRegion value) {
  switch (value) {
    case CoreRegion::kControl:
      return "control";
    case CoreRegion::kStatus:
      return "status";
    case CoreRegion::kCounters:
      return "counters";
    case CoreRegion::kPlusPlane:
      return "plus_plane";
    case CoreRegion::kMinusPlane:
      return "minus_plane";
    case CoreRegion::kGroups:
      return "groups";
    case CoreRegion::kNeurons:
      return "neurons";
    case CoreRegion::kGather:
      return "gather";
    case CoreRegion::kThresholds:
      return "thresholds";
    case CoreRegion::kRoutes:
      return "routes";
    case CoreRegion::kExpansion:
      return "expansion";
    case CoreRegion::kRandom:
      return "random";
  }
  return {};
}

/// Regions of the chip itself (core field kChipUnit).
enum class ChipRegion : std::uint8_t { kControl, kStatus };
constexpr std::string_view name(ChipRegion value) {
  switch (value) {
    case ChipRegion::kControl:
      return "control";
    case ChipRegion::kStatus:
      return "status";
  }
  return {};
}

struct CoreRegionInfo {
  CoreRegion region;
  bool writable;
  std::string_view size;  ///< formula of region_bytes, for docs/registers.md
  std::string_view content;
};

inline constexpr std::array<CoreRegionInfo, base::value_count<CoreRegion>()> kCoreRegions = {{
    {CoreRegion::kControl, true, "24", "registers"},
    {CoreRegion::kStatus, false, "8", "registers"},
    {CoreRegion::kCounters, false, "64", "event counters since reset, one per word"},
    {CoreRegion::kPlusPlane, true, "axons * words(dendrites / 8)",
     "one bit per synapse: +1, or every column of synapse: binary_pair; one row per axon, column 0 "
     "in the lowest bit, rows padded to words"},
    {CoreRegion::kMinusPlane, true, "axons * words(dendrites / 8)",
     "one bit per synapse: -1; absent for synapse: binary_pair"},
    {CoreRegion::kGroups, true, "8 * fan_in_groups", "one word per group: its columns and axons"},
    {CoreRegion::kNeurons, true, "16 * T", "two words per neuron: its slices of the tables below"},
    {CoreRegion::kGather, true, "words(2 * T)", "16 bits per entry: a ternary dendrite to add"},
    {CoreRegion::kThresholds, true, "words(4 * T * thresholds_per_dendrite)",
     "32 bits per threshold, signed"},
    {CoreRegion::kRoutes, true, "8 * route_entries", "one word per entry: the packet of level 0"},
    {CoreRegion::kExpansion, true, "words(4 * axon_expansion.entries)",
     "32 bits per entry: an axon that expanded packets set; absent without axon_expansion"},
    {CoreRegion::kRandom, true, "16",
     "two words: what the random numbers of neuron: stochastic begin with; absent for threshold"},
}};
static_assert(base::in_order(kCoreRegions, &CoreRegionInfo::region));

/// The fields of a bus address.
struct BusAddress {
  int chip = 0;
  int unit = 0;  ///< number of the core on its chip, or kChipUnit
  int region = 0;
  std::uint64_t offset = 0;  ///< in bytes

  std::uint64_t encode() const;
  /// Returns nullopt if reserved bits are set.
  static std::optional<BusAddress> decode(std::uint64_t address);
};

/// Describes an address for messages: "chip0.core_3_0, region routes, offset 0x10".
std::string describe_address(const ChipDescription& chip, std::uint64_t address);

/// Returns region and offset of an address, without chip and unit: what a target behind the bus
/// sees.
std::uint64_t local_address(std::uint64_t address);

/// Returns the bus address of `offset` in a region of core `unit` of chip `chip`.
std::uint64_t core_address(int unit, CoreRegion region, std::uint64_t offset, int chip = 0);
/// Returns the bus address of a register of the board, which chip 0 holds.
std::uint64_t chip_address(ChipRegion region, std::uint64_t offset);

/// Returns the size in bytes of a row of one plane: one bit per physical column, padded to whole
/// bus words.
std::uint64_t plane_row_bytes(const CoreDescription& core);

/// Returns the size in bytes of a region of a core, 0 if the core does not have the region.
std::uint64_t region_bytes(const CoreDescription& core, CoreRegion region);

}  // namespace spikeloom::arch
