// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::cli {

/// "conv", "dense" or "maxpool".
std::string kind_name(const converter::SpikingLayer& layer);

/// Name, shape of its input, classes; all layers with the host's; totals: at most 80 columns.
std::string network_table(const converter::SpikingNetwork& network);

}  // namespace spikeloom::cli
