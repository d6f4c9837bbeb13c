// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/network/spike_network.h"

#include <algorithm>
#include <functional>

namespace spikeloom::hw {

NetworkActivity& NetworkActivity::operator+=(const NetworkActivity& other) {
  packets += other.packets;
  host_packets += other.host_packets;
  router_traversals += other.router_traversals;
  link_transfers += other.link_transfers;
  inter_chip_transfers += other.inter_chip_transfers;
  deliveries += other.deliveries;
  last_event = std::max(last_event, other.last_event);
  return *this;
}

void SpikeNetwork::add_link_packets(std::vector<std::uint64_t>& sums) const {
  const std::vector<std::uint32_t>& packets = link_packets();
  sums.resize(packets.size());
  std::transform(packets.begin(), packets.end(), sums.begin(), sums.begin(), std::plus<>());
}

std::int64_t SpikeNetwork::last_event() const {
  std::int64_t last = 0;
  for (const NetworkActivity& category : activity()) last = std::max(last, category.last_event);
  return last;
}

}  // namespace spikeloom::hw
