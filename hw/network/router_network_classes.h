// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/hw/network/arbiter.h"
#include "spikeloom/hw/network/router_network_impl.h"

namespace spikeloom::hw {

/// Makes the RouterNetwork with a chip's topology and arbiters, and with `Watch`.
template <class Watch, typename... Arguments>
std::unique_ptr<SpikeNetwork> network_of_class(const arch::ChipDescription& chip, SpikeSink& sink,
                                               const Arguments&... arguments) {
  return arch::with_topology_class(chip.topology, [&](auto type) -> std::unique_ptr<SpikeNetwork> {
    using Topology = typename decltype(type)::Type;
    switch (chip.router.arbitration) {
      case arch::Arbitration::kRoundRobin:
        return std::make_unique<RouterNetwork<Topology, RoundRobin, Watch>>(chip, sink,
                                                                            arguments...);
      case arch::Arbitration::kFixedPriority:
        return std::make_unique<RouterNetwork<Topology, FixedPriority, Watch>>(chip, sink,
                                                                               arguments...);
    }
    return nullptr;
  });
}

/// Makes a network that tells `observer`. In a file of its own, which is optimized less.
std::unique_ptr<SpikeNetwork> make_watched_network(const arch::ChipDescription& chip,
                                                   SpikeSink& sink, std::size_t categories,
                                                   NetworkObserver* observer);

}  // namespace spikeloom::hw
