// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/onnx_node.h"

namespace spikeloom::converter {

/// The sum of `sides` by `node`, an Add, Sum or Sub (of two; the second one counts negative). What
/// a side was multiplied by goes into its terms' factors, its biases into the sum's offset. Refuses
/// sides of different shapes, and a normalization, whose square root no integer sum can hold.
QuantizedLayer merge_sums(const OnnxNode& node, std::vector<QuantizedLayer> sides);

}  // namespace spikeloom::converter
