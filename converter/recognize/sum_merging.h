// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/onnx_node.h"

namespace spikeloom::converter {

/// Merges the operands `sides` of `node`, an Add, Sum or Sub (which negates the second one), into
/// one sum. Factors of a side go into the factors of its terms, its biases into the offset of the
/// sum. Refuses sides of different shapes, and a normalization in a side, whose square root an
/// integer sum cannot represent.
QuantizedLayer merge_sums(const OnnxNode& node, std::vector<QuantizedLayer> sides);

}  // namespace spikeloom::converter
