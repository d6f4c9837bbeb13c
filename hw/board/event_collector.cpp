// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/board/event_collector.h"

namespace spikeloom::hw {

void collect_events(const Board& board, std::vector<EventCounts>& counts,
                    std::vector<EventCounts>& cores) {
  for (const int number : board.involved()) {
    const CoreIf& core = board.core(number);
    if (core.enabled()) core.add_events(counts, cores[static_cast<std::size_t>(number)]);
  }
  const std::vector<NetworkActivity>& network = board.fabric().activity();
  for (std::size_t a = 0; a < network.size(); ++a) {
    counts[a][Event::kRouteRead] += network[a].packets;
    counts[a][Event::kRouterTraversal] += network[a].router_traversals;
    counts[a][Event::kLinkTransfer] += network[a].link_transfers;
    counts[a][Event::kInterChipTransfer] += network[a].inter_chip_transfers;
    counts[a][Event::kHostTransfer] += network[a].host_packets;
  }
}

}  // namespace spikeloom::hw
