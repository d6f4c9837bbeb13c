// SPDX-License-Identifier: Apache-2.0
#include "hw/router/router_network.h"

#include "hw/router/arbiter.h"
#include "hw/router/mesh_topology.h"
#include "hw/router/router_network_impl.h"
#include "hw/router/tree_topology.h"

namespace spikeloom::hw {
namespace {

template <class Topology>
std::unique_ptr<SpikeNetwork> with_arbiter(const common::ChipDescription& chip, SpikeSink& sink,
                                           std::size_t accounts) {
  if (chip.router.arbitration == common::Arbitration::kFixedPriority) {
    return std::make_unique<RouterNetwork<Topology, FixedPriority>>(chip, sink, accounts);
  }
  return std::make_unique<RouterNetwork<Topology, RoundRobin>>(chip, sink, accounts);
}

}  // namespace

std::unique_ptr<SpikeNetwork> make_router_network(const common::ChipDescription& chip,
                                                  SpikeSink& sink, std::size_t accounts) {
  return chip.topology == common::TopologyKind::kQuadtree
             ? with_arbiter<TreeTopology>(chip, sink, accounts)
             : with_arbiter<MeshTopology>(chip, sink, accounts);
}

}  // namespace spikeloom::hw
