// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "spikeloom/arch/packet.h"
#include "spikeloom/hw/faults/chance.h"
#include "spikeloom/hw/faults/hardware_faults.h"

namespace spikeloom::hw {

/// Loses and corrupts packets where they arrive. What happens to a packet depends on the seed, on
/// the number of the tick, on the receiver and on the packet, and not on the order in which packets
/// arrive.
class PacketFaults {
 public:
  static constexpr int kHost = -1;  ///< receiver

  /// `first_tick` is added to the numbers of the chip's ticks.
  PacketFaults(const HardwareFaults& faults, std::int64_t first_tick);

  /// Begins tick `number` of the chip.
  void begin_tick(std::uint64_t number);
  /// Returns the packet as it arrives at core `receiver` or at the host, or nothing if it is lost.
  std::optional<arch::Packet> arrive(int receiver, arch::Packet packet);

  // Of this tick.
  std::uint64_t dropped() const { return dropped_; }
  std::uint64_t corrupted() const { return corrupted_; }

 private:
  Chance drop_;
  Chance corrupt_;
  std::uint64_t seed_;
  std::int64_t first_tick_;
  std::uint64_t tick_seed_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t corrupted_ = 0;
};

}  // namespace spikeloom::hw
