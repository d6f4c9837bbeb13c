// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"

namespace spikeloom::converter {

/// Outputs of layers, one after the other along the channels; of one layer, where nothing was
/// concatenated.
struct Activation {
  struct Part {
    int source = kImage;  ///< a layer's number
    Shape shape;
  };
  std::vector<Part> parts;
  bool flat = false;  ///< a vector: the parts' neurons one after the other

  bool is_image() const { return parts.front().source == kImage; }
  /// Of a vector {neurons, 1, 1}.
  Shape shape() const {
    Shape sum;
    for (const Part& part : parts) {
      if (flat) {
        sum = {sum.channels + part.shape.size(), 1, 1};
      } else {
        sum = {sum.channels + part.shape.channels, part.shape.height, part.shape.width};
      }
    }
    return sum;
  }
};

}  // namespace spikeloom::converter
