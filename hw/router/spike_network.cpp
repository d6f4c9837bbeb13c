// SPDX-License-Identifier: Apache-2.0
#include "hw/router/spike_network.h"

namespace spikeloom::hw {

NetworkActivity& NetworkActivity::operator+=(const NetworkActivity& other) {
  packets += other.packets;
  host_packets += other.host_packets;
  router_traversals += other.router_traversals;
  link_transfers += other.link_transfers;
  inter_chip_transfers += other.inter_chip_transfers;
  deliveries += other.deliveries;
  return *this;
}

}  // namespace spikeloom::hw
