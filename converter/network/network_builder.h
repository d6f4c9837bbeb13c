// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Builds the spiking network `name` from a quantized one. The host computes the first layer and
/// the last, which has no quantizer. The layers between are on the chip; thresholds replace their
/// arithmetic. Throws UserError that names file and layer if the network is not of this form.
SpikingNetwork build_network(const QuantizedGraph& graph, const std::string& name);

}  // namespace spikeloom::converter
