// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/link_costs.h"
#include "spikeloom/arch/topology/topologies.h"

namespace spikeloom::mapper {

/// Packets to or from places on the board, and from it what they cost a core at any other place:
/// packets times distance, without multicast. Distances are those of the topology, links counted
/// as `costs` say.
class DistanceField {
 public:
  DistanceField(const arch::ChipDescription& chip, const arch::LinkCosts& costs);

  void add(int core, double packets) { packets_[static_cast<std::size_t>(core)] += packets; }
  /// The host port, too, has a distance.
  void add_host(double packets) { host_packets_ += packets; }
  /// Packets times distance at each core, by number.
  std::vector<double> at_cores() const;

 private:
  arch::Topology topology_;
  arch::LinkCosts costs_;
  std::vector<double> packets_;  ///< by core
  double host_packets_ = 0.0;
};

}  // namespace spikeloom::mapper
