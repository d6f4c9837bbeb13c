// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/spike_statistics.h"

#include <numeric>

#include "spikeloom/converter/network/reference.h"
#include "spikeloom/sim/simulation/stat_categories.h"
#include "spikeloom/sim/simulation/sums.h"

namespace spikeloom::sim {

SpikeStatistics::SpikeStatistics(const arch::Deployment& deployment,
                                 const converter::SpikingNetwork& network)
    : receivers_(layer_category(deployment.layers.size())), spikes_(receivers_.size()) {
  spikes_[kInputCategory].resize(deployment.input.first.size() - 1);
  for (std::size_t l = 0; l < deployment.layers.size(); ++l) {
    spikes_[layer_category(l)].resize(static_cast<std::size_t>(deployment.layers[l].neurons));
  }
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const converter::SpikingLayer& layer = network.layers[l];
    for (const converter::Term& term : layer.terms) {
      const std::size_t source = term.source == converter::kEncoder
                                     ? kInputCategory
                                     : layer_category(static_cast<std::size_t>(term.source));
      receivers_[source].push_back({layer_category(l),
                                    static_cast<std::uint64_t>(layer.levels()) * 2,
                                    converter::fan_out(term, layer.output)});
    }
  }
  batch_.resize(receivers_.size());
  for (std::size_t c = 0; c < batch_.size(); ++c) {
    batch_[c].received = std::vector<hw::LaneSum>(receivers_[c].size());
  }
}

void SpikeStatistics::add(ImageRecord& image, std::size_t category,
                          const std::vector<std::uint8_t>& levels) {
  sim::add(spikes_[category], levels);
  image.layers[category].spikes += std::accumulate(levels.begin(), levels.end(), std::uint64_t{0});
  for (const Receiver& receiver : receivers_[category]) {
    image.layers[receiver.category].paper_sop +=
        receiver.operations * std::inner_product(levels.begin(), levels.end(),
                                                 receiver.fan_out.begin(), std::uint64_t{0});
  }
}

void SpikeStatistics::add(std::size_t category, std::size_t neuron, const hw::Lanes& images) {
  spikes_[category][neuron] += images.count();
  BatchSums& sums = batch_[category];
  sums.spikes.add(images, 1);
  for (std::size_t r = 0; r < sums.received.size(); ++r) {
    sums.received[r].add(images, receivers_[category][r].fan_out[neuron]);
  }
}

void SpikeStatistics::end_batch(std::deque<ImageRecord>& images, std::size_t count) {
  for (std::size_t category = 0; category < batch_.size(); ++category) {
    BatchSums& sums = batch_[category];
    const auto spikes = sums.spikes.take();
    for (std::size_t i = 0; i < count; ++i) images[i].layers[category].spikes += spikes[i];
    for (std::size_t r = 0; r < sums.received.size(); ++r) {
      const Receiver& receiver = receivers_[category][r];
      const auto received = sums.received[r].take();
      for (std::size_t i = 0; i < count; ++i) {
        images[i].layers[receiver.category].paper_sop += receiver.operations * received[i];
      }
    }
  }
}

}  // namespace spikeloom::sim
