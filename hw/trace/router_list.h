// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/attachment.h"

namespace spikeloom::hw {

/// A connected input of a router, and the output of the same number.
struct RouterPort {
  unsigned number = 0;
  std::string name;
  bool sends = true;  ///< false if there is no such output, as for the further channels of a link
};

/// A router as named in scopes and traces.
struct ListedRouter {
  static constexpr int kBoard = -1;
  int chip = kBoard;             ///< kBoard if the router joins several chips
  std::vector<int> coordinates;  ///< arch::coordinates of its place
  std::vector<RouterPort> ports;
};

/// The routers in the network of a chip or board by number, and the ports of cores and host.
struct RouterList {
  std::vector<ListedRouter> routers;
  unsigned inputs = 0;                  ///< inputs of each router
  std::vector<arch::Attachment> cores;  ///< by number on the board
  arch::Attachment host;
};

RouterList list_routers(const arch::ChipDescription& chip);

}  // namespace spikeloom::hw
