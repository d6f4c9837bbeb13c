// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Books spikes: to the image that they are of, to the layers that take them, to their neurons.
class SpikeStatistics {
 public:
  explicit SpikeStatistics(const converter::SpikingNetwork& network);

  /// The spikes of an account for an image, by neuron.
  void book(ImageRecord& image, std::size_t category, const std::vector<std::uint8_t>& levels);

  /// Of all that was booked: [account][neuron].
  const std::vector<std::vector<std::uint32_t>>& spikes() const { return spikes_; }

 private:
  /// A term that takes an account's spikes.
  struct Receiver {
    std::size_t category;                ///< of the term's layer
    std::uint64_t operations;            ///< LayerCounts::paper_sop of a spike and ANN neuron
    std::vector<std::uint32_t> fan_out;  ///< ANN neurons, by neuron of the account
  };

  std::vector<std::vector<Receiver>> receivers_;  ///< by account
  std::vector<std::vector<std::uint32_t>> spikes_;
};

}  // namespace spikeloom::sim
