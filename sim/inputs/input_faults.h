// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::sim {

/// Noise between the host and the chip, as probabilities.
struct InputFaults {
  double drop = 0.0;         ///< that an input spike is lost
  double insert = 0.0;       ///< that an absent input spike is inserted
  double neuron_drop = 0.0;  ///< that an input neuron loses all spikes of an image
  std::uint64_t seed = 1;

  bool any() const { return drop > 0.0 || insert > 0.0 || neuron_drop > 0.0; }
};

/// An input spike that the host sends.
struct InputSpike {
  std::uint32_t neuron = 0;
  std::uint8_t level = 0;

  bool operator==(const InputSpike& other) const {
    return neuron == other.neuron && level == other.level;
  }
};

/// Returns the spikes of an input in which neuron j fires at levels 0 .. levels[j] - 1.
std::vector<InputSpike> all_spikes(const std::vector<std::uint8_t>& levels);

/// Returns the spikes of an input with `count` levels, in which neuron j fires at levels 0 ..
/// levels[j] - 1, after the faults are applied. A dropped neuron has no spikes, not even inserted
/// ones. The faults depend only on the seed and on `image`, the image's index in the data set.
std::vector<InputSpike> input_spikes(const std::vector<std::uint8_t>& levels, int count,
                                     const InputFaults& faults, std::size_t image);

}  // namespace spikeloom::sim
