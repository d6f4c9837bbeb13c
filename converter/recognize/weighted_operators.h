// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/converter/recognize/operands.h"

namespace spikeloom::converter {

/// Takes an image that is transposed from N x height x width x channels, or reshaped, as one of the
/// dimensions that it has now: channels x height x width is how images are given.
void set_channels_first(Value& value);

/// Reads a Conv with the given weights, of the tensor's rank, over `input`.
Value read_convolution(const Context& context, const OnnxNode& node, const Value& input,
                       const Tensor& weights);
/// Reads a product with weights of inputs x outputs, or of outputs x inputs if `transposed`: of a
/// vector, or of the last dimension if that holds the channels.
Value read_product(const Context& context, const OnnxNode& node, const Value& input,
                   const Tensor& weights, bool transposed);
/// Reads a Gemm.
Value read_gemm(const Context& context, const OnnxNode& node, const Value& input);
/// Adds a bias in one number per output channel.
void add_bias(const OnnxNode& node, const Tensor& tensor, Value& value);
/// Reads Add, Sum or Sub of activations or sums.
Value read_addition(const Context& context, const OnnxNode& node, std::vector<Value> sides);

}  // namespace spikeloom::converter
