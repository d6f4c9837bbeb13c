// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace spikeloom::arch {

/// A port of a router.
struct Attachment {
  std::uint32_t router;
  unsigned port;
};

constexpr std::uint8_t port_bit(unsigned port) { return static_cast<std::uint8_t>(1U << port); }

/// Returns the first port of a nonempty set.
constexpr unsigned first_port(unsigned mask) { return static_cast<unsigned>(__builtin_ctz(mask)); }

}  // namespace spikeloom::arch
