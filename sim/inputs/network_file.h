// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::sim {

/// Value name of an operand that `load_network` reads.
inline constexpr const char* kNetworkFiles = "FILE.snn|FILE.onnx";

/// Loads a network from an ONNX model or a spiking network file; the file's content decides which.
/// Throws base::UserError.
converter::SpikingNetwork load_network(const std::string& path);

}  // namespace spikeloom::sim
