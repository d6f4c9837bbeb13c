// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/network/router_network.h"

#include <utility>

#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/hw/network/arbiter.h"
#include "spikeloom/hw/network/router_network_impl.h"

namespace spikeloom::hw {
namespace {

const std::vector<arch::DeadLink> kNoLinks;

/// Arguments of a network's constructor.
struct Parts {
  const arch::ChipDescription& chip;
  SpikeSink& sink;
  std::size_t categories;
  NetworkObserver* observer;
  const RouterFactory* others = nullptr;  ///< null: all routers are the network's own
  const std::vector<arch::DeadLink>& broken = kNoLinks;
};

template <class Topology, class Arbiter>
std::unique_ptr<SpikeNetwork> with_watch(const Parts& parts) {
  if (parts.others != nullptr) {
    return std::make_unique<RouterNetwork<Topology, Arbiter, Mixed>>(
        parts.chip, parts.sink, parts.categories, parts.observer, *parts.others);
  }
  if (parts.observer != nullptr) {
    return std::make_unique<RouterNetwork<Topology, Arbiter, Watched>>(
        parts.chip, parts.sink, parts.categories, parts.observer, RouterFactory(), parts.broken);
  }
  return std::make_unique<RouterNetwork<Topology, Arbiter, Unwatched>>(
      parts.chip, parts.sink, parts.categories, nullptr, RouterFactory(), parts.broken);
}

template <class Topology>
std::unique_ptr<SpikeNetwork> with_arbiter(const Parts& parts) {
  switch (parts.chip.router.arbitration) {
    case arch::Arbitration::kRoundRobin:
      return with_watch<Topology, RoundRobin>(parts);
    case arch::Arbitration::kFixedPriority:
      return with_watch<Topology, FixedPriority>(parts);
  }
  return nullptr;
}

std::unique_ptr<SpikeNetwork> with_topology(const Parts& parts) {
  return arch::with_topology_class(parts.chip.topology, [&](auto type) {
    return with_arbiter<typename decltype(type)::Type>(parts);
  });
}

}  // namespace

std::unique_ptr<SpikeNetwork> make_router_network(const arch::ChipDescription& chip,
                                                  SpikeSink& sink, std::size_t categories,
                                                  NetworkObserver* observer) {
  return with_topology({chip, sink, categories, observer});
}

NetworkFactory router_networks_with(std::vector<arch::DeadLink> broken) {
  return [broken = std::move(broken)](const arch::ChipDescription& chip, SpikeSink& sink,
                                      std::size_t categories, NetworkObserver* observer) {
    return with_topology({chip, sink, categories, observer, nullptr, broken});
  };
}

std::unique_ptr<SpikeNetwork> make_mixed_network(const arch::ChipDescription& chip, SpikeSink& sink,
                                                 std::size_t categories, NetworkObserver* observer,
                                                 const RouterFactory& others) {
  return with_topology({chip, sink, categories, observer, &others});
}

}  // namespace spikeloom::hw
