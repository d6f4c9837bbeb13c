// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::sim {

/// Noise between the host and the chip, by probabilities: each input spike is lost; each one that
/// is not there made; of each input neuron all spikes of an image lost at once.
struct InputFaults {
  double drop = 0.0;
  double insert = 0.0;
  double neuron_drop = 0.0;
  std::uint64_t seed = 1;

  bool any() const { return drop > 0.0 || insert > 0.0 || neuron_drop > 0.0; }
};

/// A spike of the host's input.
struct InputSpike {
  std::uint32_t neuron = 0;
  std::uint8_t level = 0;

  bool operator==(const InputSpike& other) const {
    return neuron == other.neuron && level == other.level;
  }
};

/// The spikes of an input of `count` levels whose neuron j fires at its levels 0 .. levels[j] - 1,
/// after the faults: a neuron that is dropped has none, made ones neither. They hang on the seed
/// and the image alone: its number in the data set.
std::vector<InputSpike> input_spikes(const std::vector<std::uint8_t>& levels, int count,
                                     const InputFaults& faults, std::size_t image);

}  // namespace spikeloom::sim
