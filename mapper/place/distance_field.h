// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/link_costs.h"
#include "spikeloom/arch/topology/topologies.h"

namespace spikeloom::mapper {

/// Collects the packets exchanged with cores and with the host, and computes from them the cost of
/// exchanging these packets from any core: the sum of packets times distance, without multicast.
/// Distances are those of the topology, with links weighted by `costs`.
class DistanceField {
 public:
  DistanceField(const arch::ChipDescription& chip, const arch::LinkCosts& costs);

  /// Adds packets exchanged with a core.
  void add(int core, double packets) { packets_[static_cast<std::size_t>(core)] += packets; }
  /// Adds packets exchanged with the host port.
  void add_host(double packets) { host_packets_ += packets; }
  /// Returns the sum of packets times distance for each core, [core].
  std::vector<double> at_cores() const;

 private:
  arch::Topology topology_;
  arch::LinkCosts costs_;
  std::vector<double> packets_;  ///< [core]
  double host_packets_ = 0.0;
};

}  // namespace spikeloom::mapper
