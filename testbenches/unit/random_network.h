// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

#include "common/chip_description.h"
#include "converter/spiking_network.h"

namespace spikeloom::testing {

/// Draws numbers the same way with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  /// least <= result <= most
  int between(int least, int most) {
    const auto span = static_cast<std::uint64_t>(most - least + 1);
    return least + static_cast<int>(engine_() % span);
  }
  bool chance(int percent) { return between(1, 100) <= percent; }

 private:
  std::mt19937_64 engine_;
};

/// A small spiking network with random layers: strides, padding, dilation, groups, max pooling,
/// 1 to 4 levels, constant neurons.
converter::SpikingNetwork random_network(Random& random);

/// A chip or board of either topology with small cores, so that small networks need fan-in groups
/// and many cores.
common::ChipDescription random_chip(Random& random);

}  // namespace spikeloom::testing
