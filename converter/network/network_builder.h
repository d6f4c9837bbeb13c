// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// A spiking network of a quantized one: its first layer for the host, its last, which has no
/// quantizer, for the host, and those between on chip, with thresholds in place of arithmetic.
/// Throws UserError, naming file and layer, where they are not of that form.
SpikingNetwork build_network(const QuantizedGraph& graph, const std::string& name);

}  // namespace spikeloom::converter
