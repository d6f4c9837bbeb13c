// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/activation.h"
#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/onnx_graph.h"

namespace spikeloom::converter {

/// Whether `node` is a Conv, Gemm, MatMul, AveragePool or GlobalAveragePool.
bool is_weighted(const OnnxNode& node);

/// Reads such a node as a sum over `input`, with one term for each part of the input.
QuantizedLayer read_weighted(const OnnxGraph& graph, const OnnxNode& node, const Activation& input);

/// Returns `input` as a sum in which each output channel equals the input channel. `node` is the
/// node that needs it, for messages.
QuantizedLayer identity_sum(const OnnxNode& node, const Activation& input);

/// Reads a MaxPool over one part of its input.
QuantizedLayer read_max_pool(const OnnxNode& node, const Activation::Part& part);

}  // namespace spikeloom::converter
