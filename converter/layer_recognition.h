// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "converter/onnx_graph.h"
#include "converter/quantized_graph.h"

namespace spikeloom::converter {

/// Reads the layers of a graph, in order: each a Conv, Gemm, MatMul, MaxPool or AveragePool with
/// what follows it up to its quantizer; only the last may have none. Throws UserError for anything
/// else, naming file, node and operator, what was found and what is accepted.
QuantizedGraph recognize_layers(const OnnxGraph& graph);

}  // namespace spikeloom::converter
