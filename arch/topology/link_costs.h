// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::arch {

/// What crossing a link counts.
struct LinkCosts {
  int on_chip = 1;
  int between_chips = 1;
  int from_core = 0;  ///< into the network
  int from_host = 0;
};

}  // namespace spikeloom::arch
