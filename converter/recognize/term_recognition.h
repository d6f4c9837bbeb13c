// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/activation.h"
#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/onnx/onnx_graph.h"

namespace spikeloom::converter {

/// Whether `node` is a Conv, Gemm, MatMul, AveragePool or GlobalAveragePool.
bool is_weighted(const OnnxNode& node);

/// The sum that such a node makes of `input`, a term for each of its parts.
QuantizedLayer read_weighted(const OnnxGraph& graph, const OnnxNode& node, const Activation& input);

/// `input` as a sum, each channel being itself; `node` is what needs it.
QuantizedLayer identity_sum(const OnnxNode& node, const Activation& input);

/// The max pooling of one part of its input.
QuantizedLayer read_max_pool(const OnnxNode& node, const Activation::Part& part);

}  // namespace spikeloom::converter
