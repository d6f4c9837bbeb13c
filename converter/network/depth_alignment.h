// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Transforms a network whose layers may read any earlier layer into one that meets the conditions
/// of SpikingNetwork. Edges that skip depths get relays: layers that repeat their input one tick
/// later. All readers of a source share one chain of relays, named SOURCE.relay1, SOURCE.relay2,
/// ... The layers are then sorted by depth.
void align_depths(SpikingNetwork& network);

/// The output of a layer, and the values of its levels.
struct DecodedSource {
  int layer = kEncoder;
  Decoding decoding;
};

/// Returns a layer `name` whose output is the concatenation of `sources` along the channels. If
/// their values differ, the layer uses the largest step that all of them are multiples of, and
/// `decoding` gets the values of its levels. Throws std::invalid_argument if they do not fit
/// together; the text completes a sentence after "they".
SpikingLayer concatenation(const SpikingNetwork& network, const std::vector<DecodedSource>& sources,
                           const std::string& name, Decoding& decoding);

}  // namespace spikeloom::converter
