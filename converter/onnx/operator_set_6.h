// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "spikeloom/converter/onnx/onnx_node.h"
#include "spikeloom/converter/onnx/tensor_layout.h"

namespace spikeloom::converter {

/// Rewrites a node of operator set 6 to mean the same in operator set 7: arithmetic broadcasts as
/// in NumPy, without attributes `broadcast` and `axis`, and inference is the only mode. `proto` is
/// the node's own. `left` and `right` are the dimensions of its first two inputs, where known.
/// Returns the dimensions that the second input, which must be constant, is to be reshaped to;
/// std::nullopt if it stays. Refuses what cannot be rewritten.
std::optional<Dims> upgrade_from_operator_set_6(const OnnxNode& node, onnx::NodeProto& proto,
                                                const std::optional<Dims>& left,
                                                const std::optional<Dims>& right,
                                                bool right_is_constant);

}  // namespace spikeloom::converter
