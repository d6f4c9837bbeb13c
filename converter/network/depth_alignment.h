// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Makes a network whose layers read any earlier ones as SpikingNetwork demands: puts relays,
/// layers that fire what they receive a tick later, into edges that skip depths, one chain of them
/// a source, shared by all its readers and named SOURCE.relay1, 2, ...; and brings the layers into
/// the order of depth.
void align_depths(SpikingNetwork& network);

/// The spikes of `sources` as one layer's output, one after the other along its channels; of
/// different quantizers the finest step. Throws std::invalid_argument, whose text goes after
/// "they", where they do not fit together.
SpikingLayer concatenation(const SpikingNetwork& network, const std::vector<int>& sources,
                           const std::string& name);

}  // namespace spikeloom::converter
