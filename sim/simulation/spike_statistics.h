// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/hw/functional/lanes.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Counts spikes by image, by receiving layer and by neuron.
class SpikeStatistics {
 public:
  /// `network` has no layers if the deployment is of none.
  SpikeStatistics(const arch::Deployment& deployment, const converter::SpikingNetwork& network);

  /// Adds the spikes of a category for an image; `levels` by neuron.
  void add(ImageRecord& image, std::size_t category, const std::vector<std::uint8_t>& levels);

  /// Adds a spike of a neuron of a category to each of the `images` of a batch.
  void add(std::size_t category, std::size_t neuron, const hw::Lanes& images);
  /// Ends a batch: stores what add() has counted in its images, the first ones.
  void end_batch(std::deque<ImageRecord>& images, std::size_t count);

  /// Returns the sums over all images: [category][neuron].
  const std::vector<std::vector<std::uint32_t>>& spikes() const { return spikes_; }

 private:
  /// A term of a layer that receives a category's spikes.
  struct Receiver {
    std::size_t category;                ///< category of the term's layer
    std::uint64_t operations;            ///< LayerCounts::paper_sop per spike and ANN neuron
    std::vector<std::uint32_t> fan_out;  ///< number of ANN neurons, by neuron of the category
  };

  /// Spikes of a category in a batch.
  struct BatchSums {
    hw::LaneSum spikes;
    std::vector<hw::LaneSum> received;  ///< by receiver: spikes x fan_out
  };

  std::vector<std::vector<Receiver>> receivers_;  ///< by category
  std::vector<BatchSums> batch_;                  ///< likewise
  std::vector<std::vector<std::uint32_t>> spikes_;
};

}  // namespace spikeloom::sim
