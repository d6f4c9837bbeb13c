// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/topology/dead_links.h"

#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/arch/topology/topologies.h"

namespace spikeloom::arch {

DeadLinks::DeadLinks(const ChipDescription& chip, const std::vector<DeadLink>& dead) {
  if (dead.empty()) return;
  by_output_.resize(with_topology(chip,
                                  [](const auto& topology) {
                                    return topology.routers() *
                                           std::decay_t<decltype(topology)>::kPorts;
                                  }),
                    kNone);
  for (const Link& link : list_links(chip)) {
    for (std::size_t i = 0; i < dead.size(); ++i) {
      const bool same = (link.from == dead[i].from && link.to == dead[i].to) ||
                        (link.from == dead[i].to && link.to == dead[i].from);
      if (same) by_output_[link.index] = static_cast<int>(i);
    }
  }
}

}  // namespace spikeloom::arch
