// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mapper/layer_plan.h"

namespace spikeloom::mapper {

/// Packets between two blocks, if each neuron of the network fires each of its levels once. A
/// multicast packet counts in equal parts for its receivers.
struct Flow {
  int block = 0;  ///< the other end
  double packets = 0.0;
};

/// Who sends how much to whom: what placement keeps together.
class Traffic {
 public:
  explicit Traffic(const std::vector<LayerMap>& layers);

  /// From blocks of the layer before; for the first layer, from the host as block 0.
  const std::vector<Flow>& into(int layer, int block) const { return into_[at(layer)][at(block)]; }
  /// To blocks of the next layer; for the last layer, to the host as block 0.
  const std::vector<Flow>& out_of(int layer, int block) const {
    return out_of_[at(layer)][at(block)];
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  void connect(const std::vector<LayerMap>& layers, int layer);

  std::vector<std::vector<std::vector<Flow>>> into_;
  std::vector<std::vector<std::vector<Flow>>> out_of_;
};

}  // namespace spikeloom::mapper
