// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Transforms a network whose layers may read any earlier layer into one that meets the conditions
/// of SpikingNetwork. Edges that skip depths get relays: layers that repeat their input one tick
/// later. All readers of a source share one chain of relays, named SOURCE.relay1, SOURCE.relay2,
/// ... The layers are then sorted by depth.
void align_depths(SpikingNetwork& network);

/// Returns a layer `name` whose output is the concatenation of the outputs of `sources` along the
/// channels. If their quantizers differ, the layer uses the finest step. Throws
/// std::invalid_argument if they do not fit together; the text completes a sentence after "they".
SpikingLayer concatenation(const SpikingNetwork& network, const std::vector<int>& sources,
                           const std::string& name);

}  // namespace spikeloom::converter
