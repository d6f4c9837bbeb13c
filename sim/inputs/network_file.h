// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::sim {

/// What `load_network` takes, as the value of an operand.
inline constexpr const char* kNetworkFiles = "FILE.snn|FILE.onnx";

/// A network from an ONNX model or a spiking network file, told apart by what is in it. Throws
/// base::UserError.
converter::SpikingNetwork load_network(const std::string& path);

}  // namespace spikeloom::sim
