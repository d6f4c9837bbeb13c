// SPDX-License-Identifier: Apache-2.0
#include "hw/router/router_network.h"

#include "arch/topology/topologies.h"
#include "hw/router/arbiter.h"
#include "hw/router/router_network_impl.h"

namespace spikeloom::hw {
namespace {

/// What a network is made from.
struct Parts {
  const common::ChipDescription& chip;
  SpikeSink& sink;
  std::size_t accounts;
  NetworkObserver* observer;
};

template <class Topology, class Arbiter>
std::unique_ptr<SpikeNetwork> with_watch(const Parts& parts) {
  if (parts.observer != nullptr) {
    return std::make_unique<RouterNetwork<Topology, Arbiter, Watched>>(
        parts.chip, parts.sink, parts.accounts, parts.observer);
  }
  return std::make_unique<RouterNetwork<Topology, Arbiter, Unwatched>>(parts.chip, parts.sink,
                                                                       parts.accounts);
}

template <class Topology>
std::unique_ptr<SpikeNetwork> with_arbiter(const Parts& parts) {
  return parts.chip.router.arbitration == common::Arbitration::kFixedPriority
             ? with_watch<Topology, FixedPriority>(parts)
             : with_watch<Topology, RoundRobin>(parts);
}

}  // namespace

std::unique_ptr<SpikeNetwork> make_router_network(const common::ChipDescription& chip,
                                                  SpikeSink& sink, std::size_t accounts,
                                                  NetworkObserver* observer) {
  const Parts parts{chip, sink, accounts, observer};
  return arch::with_topology_class(
      chip.topology, [&](auto type) { return with_arbiter<typename decltype(type)::Type>(parts); });
}

}  // namespace spikeloom::hw
