// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/chip_description.h"
#include "hw/router/attachment.h"

namespace spikeloom::hw {

/// A port of a router that leads somewhere.
struct RouterPort {
  unsigned number = 0;
  std::string name;
};

/// A router as it is named in scopes and traces.
struct ListedRouter {
  static constexpr int kBoard = -1;
  int chip = kBoard;             ///< kBoard: it joins several chips
  std::vector<int> coordinates;  ///< of a mesh x, y; of a quadtree level, x, y
  std::vector<RouterPort> ports;
};

/// The routers of a chip's or board's network, by number, and where cores and host are attached.
struct RouterList {
  std::vector<ListedRouter> routers;
  std::vector<Attachment> cores;  ///< by number on the board
  Attachment host;
};

RouterList list_routers(const common::ChipDescription& chip);

}  // namespace spikeloom::hw
