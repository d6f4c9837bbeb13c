// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/topology/link_costs.h"
#include "spikeloom/arch/topology/router_place.h"
#include "spikeloom/arch/topology/topologies.h"

namespace spikeloom::mapper {

/// Returns the cycles that a packet occupies each kind of link and the injection port, rounded up.
arch::LinkCosts link_cycles(const arch::ChipDescription& chip);

/// Weighted hop counts on a board, by its topology (docs/network.md): the links between routers
/// that a packet crosses, each weighted by `costs`. Injection into the network is not included.
class Hops {
 public:
  explicit Hops(const arch::ChipDescription& chip, const arch::LinkCosts& costs = {});

  /// From a core's router to all cores of `region`; counts each link of the multicast tree once.
  int to_cores(int core, const arch::Region& region) const;
  int from_host(const arch::Region& region) const;
  /// Likewise the sums over several regions.
  std::int64_t to_cores(int core, const std::vector<arch::Region>& regions) const;
  std::int64_t from_host(const std::vector<arch::Region>& regions) const;
  int to_host(int core) const;

 private:
  const arch::RouterPlace& place(int core) const;

  arch::Topology topology_;
  arch::LinkCosts costs_;
  std::vector<arch::RouterPlace> places_;  ///< by core
};

}  // namespace spikeloom::mapper
