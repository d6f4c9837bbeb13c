// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {

std::vector<std::size_t> category_depths(const converter::SpikingNetwork& network) {
  std::vector<std::size_t> depths = {0};
  for (const int depth : network.depths()) depths.push_back(static_cast<std::size_t>(depth));
  return depths;
}

}  // namespace spikeloom::sim
