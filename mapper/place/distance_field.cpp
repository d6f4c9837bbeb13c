// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/distance_field.h"

#include <variant>

namespace spikeloom::mapper {

DistanceField::DistanceField(const arch::ChipDescription& chip, const arch::LinkCosts& costs)
    : topology_(arch::make_topology(chip)),
      costs_(costs),
      packets_(static_cast<std::size_t>(chip.grid().cores())) {}

std::vector<double> DistanceField::at_cores() const {
  return std::visit(
      [&](const auto& topology) { return topology.distances(packets_, host_packets_, costs_); },
      topology_);
}

}  // namespace spikeloom::mapper
