// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/network/spike_network.h"

namespace spikeloom::bench {

/// Returns packets to uniformly random cores, by sending core: `load` packets per core and cycle
/// over `cycles` cycles.
inline std::vector<std::vector<hw::Emission>> uniform_traffic(const arch::MeshDescription& mesh,
                                                              double load, int cycles) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> column(0, mesh.columns - 1), row(0, mesh.rows - 1);
  std::geometric_distribution<int> gap(load);
  std::vector<std::vector<hw::Emission>> emissions(static_cast<std::size_t>(mesh.cores()));
  int number = 0;
  for (auto& list : emissions) {
    for (int cycle = gap(random); cycle < cycles; cycle += 1 + gap(random)) {
      const int x = column(random), y = row(random);
      const int axon = number++ % arch::Packet::kMaxAxons;
      list.push_back({arch::Packet::to_cores({x, y, x, y}, 0, axon), cycle, 0});
    }
  }
  return emissions;
}

}  // namespace spikeloom::bench
