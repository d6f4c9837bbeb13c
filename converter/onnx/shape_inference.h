// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "spikeloom/converter/onnx/onnx_node.h"
#include "spikeloom/converter/onnx/onnx_tensor.h"

namespace spikeloom::converter {

/// What is known of a node's inputs.
struct KnownInputs {
  /// Returns the dimensions of input `i`, with -1 for the symbolic batch dimension.
  std::function<std::optional<Dims>(int i)> dims;
  /// Returns input `i` if it is constant, else null. In a shape, NaN is the batch dimension.
  std::function<const Tensor*(int i)> constant;
};

/// Returns the dimensions of the first output of `node`; std::nullopt if they cannot be told.
/// ONNX's own library has this too, but knows neither the operators of other domains, so that it
/// stops at each quantizer of QONNX, nor operator sets later than its release.
std::optional<Dims> infer_dims(const OnnxNode& node, const KnownInputs& inputs);

}  // namespace spikeloom::converter
