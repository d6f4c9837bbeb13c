// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace spikeloom::arch {

/// A router: of core x, y of a grid, level being 0; or of square x, y of a quadtree's level.
struct RouterPlace {
  int level = 0;
  int x = 0;
  int y = 0;

  bool operator==(const RouterPlace& other) const {
    return level == other.level && x == other.x && y == other.y;
  }
};

/// Its indices in scopes: x, y or level, x, y.
std::vector<int> coordinates(const RouterPlace& router);
/// "(3,0)"; in a quadtree "level 1 (3,0)".
std::string text(const RouterPlace& router);

}  // namespace spikeloom::arch
