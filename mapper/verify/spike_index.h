// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::mapper {

/// Numbers the levels of all neurons of a network, those of the input before the first layer's.
class SpikeIndex {
 public:
  explicit SpikeIndex(const converter::SpikingNetwork& network);

  int size() const { return first_.back(); }
  int levels(int source) const { return levels_[at(source + 1)]; }
  /// Of a layer, or of converter::kEncoder.
  int number(int source, int neuron, int level) const {
    return first_[at(source + 1)] + neuron * levels(source) + level;
  }
  std::string name(int number) const;

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  std::vector<int> first_;  ///< of each source, and behind the last one
  std::vector<int> levels_;
};

}  // namespace spikeloom::mapper
