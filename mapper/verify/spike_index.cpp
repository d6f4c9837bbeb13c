// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/verify/spike_index.h"

#include <algorithm>

#include <fmt/format.h>

namespace spikeloom::mapper {

SpikeIndex::SpikeIndex(const converter::SpikingNetwork& network) : first_{0} {
  for (int source = converter::kEncoder; source < static_cast<int>(network.layers.size());
       ++source) {
    levels_.push_back(network.quantizer_of(source).levels);
    first_.push_back(first_.back() + network.shape_of(source).size() * levels_.back());
  }
}

std::string SpikeIndex::name(int number) const {
  const auto behind = std::upper_bound(first_.begin(), first_.end(), number);
  const auto source = static_cast<int>(behind - first_.begin()) - 2;
  const int spike = number - first_[at(source + 1)];
  const int neuron = spike / levels(source);
  const int level = spike % levels(source);
  if (source == converter::kEncoder) return fmt::format("input {}, level {}", neuron, level);
  return fmt::format("layer {}, neuron {}, level {}", source, neuron, level);
}

}  // namespace spikeloom::mapper
