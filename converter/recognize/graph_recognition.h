// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/onnx_graph.h"

namespace spikeloom::converter {

/// Reads the layers of a graph, in order: sums of Conv, Gemm, MatMul, AveragePool and of quantized
/// activations, with what follows them up to their quantizer, which only the last may lack; and
/// MaxPool. Throws UserError for anything else, naming file, node and operator, what was found and
/// what is accepted.
QuantizedGraph recognize_graph(const OnnxGraph& graph);

}  // namespace spikeloom::converter
