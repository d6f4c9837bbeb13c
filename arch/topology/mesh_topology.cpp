// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/topology/mesh_topology.h"

namespace spikeloom::arch {

MeshTopology::MeshTopology(const ChipDescription& chip)
    : GridRouters(chip),
      host_region_{chip.host_port.x, chip.host_port.y, chip.host_port.x, chip.host_port.y} {
  const auto columns = static_cast<std::uint32_t>(grid().columns);
  neighbour_ = {0U - columns, 1U, columns, 0U - 1U};
}

std::vector<double> MeshTopology::distances(const std::vector<double>& packets, double host_packets,
                                            const LinkCosts& costs) const {
  const auto distance = [&costs](int chip_side) {
    return [&costs, chip_side](int i, int j) {
      return along(std::min(i, j), std::max(i, j), chip_side, costs);
    };
  };
  return GridRouters::distances(packets, host_packets, distance(chip_grid().columns),
                                distance(chip_grid().rows));
}

}  // namespace spikeloom::arch
