// SPDX-License-Identifier: Apache-2.0
#include "mapper/chain_check.h"

#include <fmt/format.h>

#include "common/error.h"

namespace spikeloom::mapper {

void require_chain(const converter::SpikingNetwork& network) {
  for (int l = 0; l < static_cast<int>(network.layers.size()); ++l) {
    const converter::SpikingLayer& layer = network.layers[static_cast<std::size_t>(l)];
    const converter::Term& term = layer.terms.front();
    if (layer.terms.size() == 1 && term.source == l - 1 && term.repeat == 1 &&
        term.outputs == layer.output.channels) {
      continue;
    }
    throw common::UserError(
        fmt::format("layer \"{}\": it is no sum over all of the layer before it alone; only chains "
                    "can be mapped",
                    layer.name));
  }
}

}  // namespace spikeloom::mapper
