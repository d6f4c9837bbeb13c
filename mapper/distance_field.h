// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/chip_description.h"
#include "mapper/hops.h"

namespace spikeloom::mapper {

/// Packets to or from places on the board, and from it what they cost a core at any other place:
/// packets times distance, without multicast. Distances are those of the topology, links counted
/// as `costs` say.
class DistanceField {
 public:
  DistanceField(const common::ChipDescription& chip, const LinkCosts& costs);

  void add(int core, double packets) { packets_[static_cast<std::size_t>(core)] += packets; }
  /// The host port, too, has a distance.
  void add_host(double packets) { host_packets_ += packets; }
  /// Packets times distance at each core, by number.
  std::vector<double> at_cores() const;

 private:
  std::vector<double> in_mesh() const;
  std::vector<double> in_tree() const;

  const common::ChipDescription& chip_;
  common::MeshDescription grid_;
  LinkCosts costs_;
  std::vector<double> packets_;  ///< by core
  double host_packets_ = 0.0;
};

}  // namespace spikeloom::mapper
