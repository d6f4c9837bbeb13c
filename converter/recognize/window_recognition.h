// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/converter/onnx/onnx_node.h"

namespace spikeloom::converter {

/// Reads the window of a Conv, MaxPool or AveragePool over `input` from kernel_shape, strides,
/// dilations, pads and auto_pad. `kernel` is height and width of the weights, {0, 0} for a pooling.
/// Refuses a window that does not fit, and ceil_mode if it makes a difference.
Window read_window(const OnnxNode& node, const Shape& input, std::pair<int, int> kernel);

}  // namespace spikeloom::converter
