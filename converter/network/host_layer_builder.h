// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Builds the first layer, which the host computes. Throws UserError that names `file` and node
/// unless it is one convolution or dense layer with at most one bias and one normalization.
HostEncoder build_encoder(const QuantizedLayer& layer, const std::string& file);

/// Builds the last layer, which the host computes over all its sources, concatenated. Throws
/// UserError that names `file` and node unless it is one dense layer with exact scales and one
/// bias.
HostReadout build_readout(const QuantizedLayer& layer, const std::string& file);

}  // namespace spikeloom::converter
