// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/converter/onnx/onnx_node.h"

namespace spikeloom::converter {

/// Reads the window of a Conv, MaxPool or AveragePool over `input` from kernel_shape, strides,
/// dilations, pads and auto_pad. `rank` is the number of its dimensions; a window of one dimension
/// goes along the width, or `along_height`. `kernel` is height and width of the weights, {0, 0} for
/// a pooling. Refuses a window that does not fit, and ceil_mode if it makes a difference.
Window read_window(const OnnxNode& node, const Shape& input, int rank, std::pair<int, int> kernel,
                   bool along_height = false);

}  // namespace spikeloom::converter
