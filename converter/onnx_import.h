// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Converts the quantized network of an ONNX file, spike for spike: a real-valued first layer,
/// layers of ternary weights with bounded quantizers, a real-valued dense last layer. The network
/// is named after the file. Throws UserError naming file, node, operator, what was found and what
/// is accepted.
SpikingNetwork convert_onnx(const std::string& path);

}  // namespace spikeloom::converter
