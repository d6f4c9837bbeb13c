// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::hw {

/// An arbiter chooses which of the inputs that request an output is served. `requests` has a bit
/// for each input and is not zero; `served` is the input that the output served last, 0 at the
/// start of a tick.

struct RoundRobin {
  /// Returns the first requesting input after the one served last.
  static unsigned choose(unsigned requests, unsigned served) {
    const unsigned after = requests >> (served + 1U) << (served + 1U);
    return static_cast<unsigned>(__builtin_ctz(after != 0 ? after : requests));
  }
};

struct FixedPriority {
  static unsigned choose(unsigned requests, unsigned /*served*/) {
    return static_cast<unsigned>(__builtin_ctz(requests));
  }
};

}  // namespace spikeloom::hw
