// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Converts the quantized network of an ONNX file to an exactly equivalent spiking network.
/// Accepted are a real-valued first layer, layers with ternary weights and bounded quantizers, and
/// a real-valued dense last layer. The network is named after the file. Throws UserError that names
/// file, node, operator, what was found and what is accepted.
SpikingNetwork convert_onnx(const std::string& path);

}  // namespace spikeloom::converter
