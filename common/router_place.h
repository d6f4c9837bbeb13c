// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::common {

/// A router: of core x, y of a mesh, level being 0; or of square x, y of a quadtree's level.
struct RouterPlace {
  int level = 0;
  int x = 0;
  int y = 0;
};

}  // namespace spikeloom::common
