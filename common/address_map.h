// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/chip_description.h"

namespace spikeloom::common {

/// The memory map of the configuration bus, its only definition. 64-bit addresses, little-endian,
/// words of 8 bytes:
///
///     63..56  55..48  47..32           31..28  27..0
///     0       chip    core (kChipUnit  region  offset in bytes
///                     for the chip)
inline constexpr int kBusWordBytes = 8;
inline constexpr int kChipUnit = 0xffff;
inline constexpr std::uint64_t kMaxRegionBytes = std::uint64_t{1} << 28;

/// Regions of a core. Status and counters are read only, the others memory.
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
};

/// Regions of the chip itself (core field kChipUnit).
enum class ChipRegion : std::uint8_t { kControl, kStatus };

struct CoreRegionInfo {
  CoreRegion region;
  std::string_view name;
  bool writable;
  std::string_view content;
};

inline constexpr std::array<CoreRegionInfo, 10> kCoreRegions = {{
    {CoreRegion::kControl, "control", true, "registers: ENABLE, GROUPS, NEURONS"},
    {CoreRegion::kStatus, "status", false, "registers: STATE"},
    {CoreRegion::kCounters, "counters", false, "event counters since reset, one a word"},
    {CoreRegion::kPlusPlane, "plus_plane", true,
     "a bit a synapse: +1, or every column of synapse: binary_pair; rows padded to words"},
    {CoreRegion::kMinusPlane, "minus_plane", true,
     "a bit a synapse: -1; absent for synapse: binary_pair"},
    {CoreRegion::kGroups, "groups", true, "a word a group: its columns and axons"},
    {CoreRegion::kNeurons, "neurons", true, "two words a neuron: its slices of the tables below"},
    {CoreRegion::kGather, "gather", true, "16 bits a dendrite: the ternary dendrite to add"},
    {CoreRegion::kThresholds, "thresholds", true, "32 bits a threshold, signed"},
    {CoreRegion::kRoutes, "routes", true, "a word an entry: the packet of level 0"},
}};

/// Registers of a core's control region, byte offsets.
namespace core_control {
inline constexpr std::uint64_t kEnable = 0x00;   ///< bit 0: take part in ticks
inline constexpr std::uint64_t kGroups = 0x08;   ///< groups in use
inline constexpr std::uint64_t kNeurons = 0x10;  ///< neurons in use
inline constexpr std::uint64_t kBytes = 0x18;
}  // namespace core_control

/// Registers of a core's status region.
namespace core_status {
inline constexpr std::uint64_t kState = 0x00;  ///< bit 0: enabled, bit 1: axons wait for a tick
inline constexpr std::uint64_t kBytes = 0x08;
}  // namespace core_status

/// Event counters of a core, in words, since reset.
enum class CoreCounter : std::uint8_t {
  kTicks,
  kScanWords,
  kRowWordReads,
  kSynapticOperations,
  kAxonWrites,
  kNeuronUpdates,
  kSpikes,
  kPackets,
};
inline constexpr int kCoreCounters = 8;
inline constexpr std::array<std::string_view, kCoreCounters> kCoreCounterNames = {
    "ticks",       "scan_words",     "row_word_reads", "synaptic_operations",
    "axon_writes", "neuron_updates", "spikes",         "packets"};

/// Registers of the chip's control region.
namespace chip_control {
inline constexpr std::uint64_t kTicksCommitted = 0x00;   ///< ticks that may run; only grows
inline constexpr std::uint64_t kInterruptEnable = 0x08;  ///< bits as kInterruptStatus
inline constexpr std::uint64_t kInterruptClear = 0x10;   ///< write 1 to clear
inline constexpr std::uint64_t kBytes = 0x18;
}  // namespace chip_control

/// Registers of the chip's status region.
namespace chip_status {
inline constexpr std::uint64_t kTicksDone = 0x00;
inline constexpr std::uint64_t kInterruptStatus = 0x08;
inline constexpr std::uint64_t kBytes = 0x10;
}  // namespace chip_status

/// Registers of the host port's socket. Packets written go to the next tick that is not committed
/// yet; packets read are those of the oldest finished tick that was not read.
namespace host_port {
inline constexpr std::uint64_t kData = 0x00;         ///< a stream: bursts of packets, 8 bytes each
inline constexpr std::uint64_t kOutputCount = 0x08;  ///< read: packets of the oldest finished tick
inline constexpr std::uint64_t kNextOutput = 0x10;   ///< write: forget that tick, go to the next
}  // namespace host_port

/// Bits of the interrupt registers.
namespace interrupt {
inline constexpr std::uint64_t kTickDone = 1;
inline constexpr std::uint64_t kError = 2;
inline constexpr std::uint64_t kAll = kTickDone | kError;
}  // namespace interrupt

/// An address taken apart.
struct BusAddress {
  int chip = 0;
  int unit = 0;  ///< a core's number, or kChipUnit
  int region = 0;
  std::uint64_t offset = 0;

  std::uint64_t encode() const;
  /// Nothing where the reserved bits are set.
  static std::optional<BusAddress> decode(std::uint64_t address);
};

/// Region and offset of an address: what is left of it behind the bus.
std::uint64_t local_address(std::uint64_t address);

std::uint64_t core_address(int core, CoreRegion region, std::uint64_t offset);
std::uint64_t chip_address(ChipRegion region, std::uint64_t offset);

/// Bytes of a row of one plane: a bit a physical column, padded to whole bus words.
std::uint64_t plane_row_bytes(const CoreDescription& core);

/// Bytes of a region of a core; 0 where the core has none of it.
std::uint64_t region_bytes(const CoreDescription& core, CoreRegion region);

}  // namespace spikeloom::common
