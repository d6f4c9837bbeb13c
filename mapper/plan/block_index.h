// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/mapper/plan/layer_plan.h"

namespace spikeloom::mapper {

/// Numbers the blocks of all layers, layer by layer.
class BlockIndex {
 public:
  explicit BlockIndex(const std::vector<LayerMap>& layers) {
    for (const LayerMap& layer : layers) {
      first_.push_back(blocks());
      layer_of_.insert(layer_of_.end(), static_cast<std::size_t>(layer.blocks()),
                       static_cast<int>(first_.size()) - 1);
    }
  }

  int blocks() const { return static_cast<int>(layer_of_.size()); }
  int number(int layer, int block) const { return first_[static_cast<std::size_t>(layer)] + block; }
  int layer(int number) const { return layer_of_[static_cast<std::size_t>(number)]; }
  /// Number of the block within its layer.
  int block(int number) const { return number - first_[static_cast<std::size_t>(layer(number))]; }

 private:
  std::vector<int> first_;     ///< number of each layer's first block
  std::vector<int> layer_of_;  ///< [block number]
};

}  // namespace spikeloom::mapper
