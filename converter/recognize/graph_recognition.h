// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/onnx_graph.h"

namespace spikeloom::converter {

/// Reads a graph node by node. Each tensor is the image, integer levels of a layer and the numbers
/// that they stand for, or a weighted sum with the steps after it; an operator makes one of others.
/// Throws UserError for what has no exact counterpart; it names file, node, operator, what was
/// found and what is accepted.
QuantizedGraph recognize_graph(const OnnxGraph& graph);

}  // namespace spikeloom::converter
