// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/converter/onnx/onnx_node.h"

namespace spikeloom::converter {

/// The window of a Conv, MaxPool or AveragePool over `input`, from kernel_shape, strides,
/// dilations, pads and auto_pad. `kernel` is the height and width that its weights have; {0, 0}
/// where there are none. Refuses one that does not fit, and ceil_mode where it makes a difference.
Window read_window(const OnnxNode& node, const Shape& input, std::pair<int, int> kernel);

}  // namespace spikeloom::converter
