// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Most synapses for a weight, where terms of different scale are added up.
inline constexpr int kMaxRepeats = 16;

/// An on-chip sum: integer weights, thresholds in place of arithmetic. `quantizers` are those of
/// the graph's layers, by number; the result's terms keep the graph's numbers as sources. In each
/// channel the terms' scales must be 1..kMostRepeats times one number; a term with different
/// factors in different channels becomes one for each factor. Throws UserError naming `file` and
/// node.
SpikingLayer build_sum(const QuantizedLayer& layer, const std::vector<Quantizer>& quantizers,
                       const std::string& file);

}  // namespace spikeloom::converter
