// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::mapper {

/// Numbers the levels of all neurons of a network: the input first, then layer by layer.
class SpikeIndex {
 public:
  explicit SpikeIndex(const converter::SpikingNetwork& network);

  int size() const { return first_.back(); }
  /// Levels of a neuron of `source`, which is a layer or converter::kEncoder.
  int levels(int source) const { return levels_[at(source + 1)]; }
  /// Number of a level of a neuron of `source`.
  int number(int source, int neuron, int level) const {
    return first_[at(source + 1)] + neuron * levels(source) + level;
  }
  /// Returns the name of a number for messages: "layer 2, neuron 5, level 1".
  std::string name(int number) const;

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  std::vector<int> first_;   ///< [source + 1]: first number of the source; then the total
  std::vector<int> levels_;  ///< [source + 1]
};

}  // namespace spikeloom::mapper
