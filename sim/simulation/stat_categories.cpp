// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {

std::vector<std::size_t> category_depths(const arch::Deployment& deployment) {
  std::vector<std::size_t> depths = {0};
  for (const arch::DeployedLayer& layer : deployment.layers) {
    depths.push_back(static_cast<std::size_t>(layer.depth));
  }
  return depths;
}

}  // namespace spikeloom::sim
