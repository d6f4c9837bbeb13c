// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// The host's first layer. Throws UserError naming `file` and node where it is not one convolution
/// with one normalization.
HostEncoder build_encoder(const QuantizedLayer& layer, const std::string& file);

/// The host's last layer, over all its sources one after the other. Likewise.
HostReadout build_readout(const QuantizedLayer& layer, const std::string& file);

}  // namespace spikeloom::converter
