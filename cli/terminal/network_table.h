// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::cli {

/// Returns "conv", "dense" or "maxpool".
std::string kind_name(const converter::SpikingLayer& layer);

/// Formats name, input shape and classes of a network, all layers including the host's, and totals,
/// in at most 80 columns.
std::string network_table(const converter::SpikingNetwork& network);

}  // namespace spikeloom::cli
