// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/faults/packet_faults.h"

#include "spikeloom/base/mix.h"

namespace spikeloom::hw {
namespace {

/// Streams of random numbers, apart from those of cores, whose numbers are smaller.
constexpr std::uint64_t kPackets = UINT64_MAX;

}  // namespace

PacketFaults::PacketFaults(const HardwareFaults& faults, std::int64_t first_tick)
    : drop_(faults.packet_drop),
      corrupt_(faults.packet_corrupt),
      seed_(base::mixed(faults.seed, kPackets)),
      first_tick_(first_tick) {}

void PacketFaults::begin_tick(std::uint64_t number) {
  tick_seed_ = base::mixed(seed_, static_cast<std::uint64_t>(first_tick_) + number);
  dropped_ = 0;
  corrupted_ = 0;
}

std::optional<arch::Packet> PacketFaults::arrive(int receiver, arch::Packet packet) {
  // The parity is that of the chip's tick, which depends on where a share of the images begins.
  const std::uint64_t seed = base::mixed(
      base::mixed(tick_seed_, static_cast<std::uint64_t>(receiver)), packet.with_parity(0).bits());
  base::MixedStream stream(seed);
  if (drop_.happens(stream.next())) {
    ++dropped_;
    return std::nullopt;
  }
  if (!corrupt_.happens(stream.next())) return packet;
  ++corrupted_;
  // Of a packet at the host only the number of the output is left to be read.
  const int bits = receiver == kHost ? arch::packet_field::kOutput.bits : arch::Packet::kBits;
  return arch::Packet(packet.bits() ^ std::uint64_t{1}
                                          << stream.below(static_cast<std::uint32_t>(bits)));
}

}  // namespace spikeloom::hw
