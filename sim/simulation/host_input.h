// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "spikeloom/converter/network/host_layers.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// The input spikes of the images of a simulation: encoded and with faults, or recorded ones.
class HostInput {
 public:
  /// Keeps a reference to `simulation`, which has a network.
  explicit HostInput(const Simulation& simulation);

  /// Determines the spikes of an image, by its index in the data set.
  void encode(std::size_t image);

  // Of the last image.
  const std::vector<InputSpike>& spikes();
  /// Returns the number of spikes by neuron.
  const std::vector<std::uint8_t>& levels() const { return levels_; }
  /// Sets a bit for each spike: bit j % 64 of bits[level * words + j / 64] is that of neuron j.
  void set_bits(std::uint64_t* bits, std::size_t words) const;

 private:
  void set_levels();

  const Simulation& simulation_;
  converter::Encoder encoder_;
  /// Whether spikes_ has the spikes. If not, neuron j fires at its levels 0 .. levels_[j] - 1.
  bool listed_ = false;
  std::vector<InputSpike> spikes_;
  std::vector<std::uint8_t> levels_;
};

}  // namespace spikeloom::sim
