// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace spikeloom::arch {

/// Place of a router: core x, y of a grid, with level 0, or square x, y of a level of a quadtree.
struct RouterPlace {
  int level = 0;
  int x = 0;
  int y = 0;

  bool operator==(const RouterPlace& other) const {
    return level == other.level && x == other.x && y == other.y;
  }
};

/// Returns the indices of a router in scopes: x, y or level, x, y.
std::vector<int> coordinates(const RouterPlace& router);
/// Returns "(3,0)", or in a quadtree "level 1 (3,0)".
std::string text(const RouterPlace& router);

}  // namespace spikeloom::arch
