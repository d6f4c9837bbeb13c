// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"

namespace spikeloom::converter {

/// Outputs of layers, concatenated along the channels: one part per layer, a single one if there is
/// no concatenation.
struct Activation {
  struct Part {
    int source = kImage;  ///< number of the layer
    Shape shape;
  };
  std::vector<Part> parts;
  bool flat = false;  ///< a vector: the neurons of the parts one after the other

  bool is_image() const { return parts.front().source == kImage; }
  /// Returns the shape of the concatenation; {neurons, 1, 1} for a vector.
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
