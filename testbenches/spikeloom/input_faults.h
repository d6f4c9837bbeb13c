// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/deployment.h"

namespace spikeloom::program {

/// Noise between the host and the chip: each input spike is lost, and each one that is not there
/// made, with a probability of its own.
struct InputFaults {
  double drop = 0.0;
  double insert = 0.0;
  std::uint64_t seed = 1;

  bool any() const { return drop > 0.0 || insert > 0.0; }
};

/// The packets of an input whose neuron j fires at its levels 0 .. levels[j] - 1, after the faults.
/// `levels` becomes the spikes of each neuron that are left. They hang on the seed and the image
/// alone, which is its number in the data set.
std::vector<std::uint64_t> input_packets(const common::InputRoutes& routes,
                                         const InputFaults& faults, std::size_t image,
                                         std::vector<std::uint8_t>& levels);

}  // namespace spikeloom::program
