// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::arch {

/// Cost of crossing each kind of link.
struct LinkCosts {
  int on_chip = 1;
  int between_chips = 1;
  int from_core = 0;  ///< injection into the network
  int from_host = 0;
  int trunk = 1;
};

}  // namespace spikeloom::arch
