// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/converter/network/depth_alignment.h"
#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Builds the first layer, which the host computes: one convolution or dense layer with at most one
/// bias and one normalization, or a quantizer of the image alone. Throws UserError that names
/// `file` and node if it is neither.
HostEncoder build_encoder(const QuantizedLayer& layer, const std::string& file);

/// Adds the quantizer of the image, a layer of its own in the graph, to the encoder that computes
/// the layer after it.
void quantize_pixels(const QuantizedLayer& quantizer, HostEncoder& encoder);

/// Returns what the last layer reads, in the order of its inputs. Throws UserError that names
/// `file` and node if it is a sum with factors.
std::vector<DecodedSource> readout_sources(const GraphOutput& output, const std::string& file);

/// Builds the last layer, which the host computes over all its sources, concatenated into one
/// activation of the given values, which `last` quantizes. Throws UserError that names `file` and
/// node if it cannot be computed.
HostReadout build_readout(const GraphOutput& output, const Decoding& decoding,
                          const Quantizer& last, const std::string& file);

}  // namespace spikeloom::converter
