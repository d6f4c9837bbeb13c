// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/onnx_graph.h"

namespace spikeloom::converter {

/// Reads the layers of a graph in order. A layer is a MaxPool, or a sum of Conv, Gemm, MatMul,
/// AveragePool and quantized activations with the nodes up to its quantizer, which only the last
/// layer may lack. Throws UserError for anything else; it names file, node, operator, what was
/// found and what is accepted.
QuantizedGraph recognize_graph(const OnnxGraph& graph);

}  // namespace spikeloom::converter
