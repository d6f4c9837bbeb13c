// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/attachment.h"

namespace spikeloom::hw {

/// An input of a router from somewhere, and the output of its number.
struct RouterPort {
  unsigned number = 0;
  std::string name;
  bool sends = true;  ///< there is such an output; not for a link's further channels
};

/// A router as it is named in scopes and traces.
struct ListedRouter {
  static constexpr int kBoard = -1;
  int chip = kBoard;             ///< kBoard: it joins several chips
  std::vector<int> coordinates;  ///< arch::coordinates of its place
  std::vector<RouterPort> ports;
};

/// The routers of a chip's or board's network, by number, and where cores and host are attached.
struct RouterList {
  std::vector<ListedRouter> routers;
  unsigned inputs = 0;                  ///< of a router
  std::vector<arch::Attachment> cores;  ///< by number on the board
  arch::Attachment host;
};

RouterList list_routers(const arch::ChipDescription& chip);

}  // namespace spikeloom::hw
