// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "spikeloom/arch/packet.h"

namespace spikeloom::arch {

/// The destination of a packet, laid out for routing decisions: a byte for each of x0, y0, x1, y1,
/// from the lowest byte on, so that all four are compared at once. Coordinates have 7 bits; the
/// high bit of the lowest byte is set if the packet is for the host.
class Destination {
 public:
  static constexpr std::uint32_t kHighBits = 0x80808080;

  constexpr Destination() = default;
  constexpr Destination(const Region& region, bool to_host)
      : bytes_(static_cast<std::uint32_t>(region.x0) | static_cast<std::uint32_t>(region.y0) << 8 |
               static_cast<std::uint32_t>(region.x1) << 16 |
               static_cast<std::uint32_t>(region.y1) << 24 | (to_host ? kHost : 0U)) {}

  constexpr bool to_host() const { return (bytes_ & kHost) != 0; }
  constexpr Region region() const { return {byte(0), byte(1), byte(2), byte(3)}; }
  /// Returns the four coordinates, with all high bits 0.
  constexpr std::uint32_t coordinates() const { return bytes_ & ~kHighBits; }

 private:
  static constexpr std::uint32_t kHost = 0x80;

  constexpr int byte(unsigned index) const {
    return static_cast<int>(coordinates() >> 8 * index & 0xff);
  }

  std::uint32_t bytes_ = 0;
};

}  // namespace spikeloom::arch
