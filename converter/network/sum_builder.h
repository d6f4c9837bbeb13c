// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Maximum ratio of the scales of two terms of a sum that their synapses are repeated for; larger
/// ratios make larger weights.
inline constexpr int kMaxRatio = 16;

/// Builds an on-chip sum with ternary weights and with thresholds in place of arithmetic.
/// `quantizers` holds the quantizers of the graph's layers by number; the terms of the result keep
/// the graph's numbers as sources. In each channel the scales of the terms must be 1..kMaxRatio
/// times a common number. A term with different factors in different channels is split into one
/// term per factor, and one with weights of several bits into one term per plane. Offsets of
/// activations go into the thresholds. Throws UserError that names `file` and node if the sum is
/// not of this form.
SpikingLayer build_sum(const QuantizedLayer& layer, const std::vector<Quantizer>& quantizers,
                       const std::string& file);

/// Returns the values of a quantizer's levels in double.
Quantizer quantizer_of(const LevelFunction& function);

}  // namespace spikeloom::converter
