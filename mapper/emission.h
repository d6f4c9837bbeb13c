// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/deployment.h"
#include "converter/spiking_network.h"
#include "mapper/block_emitter.h"

namespace spikeloom::mapper {

/// A network with everything decided.
struct MappedNetwork {
  std::vector<LayerMap> layers;
  Placement placement;
  NetworkRoutes routes;
};

/// Fills all cores and the host's input routes, and adds them to `deployment`, whose chip is set.
/// Returns what each layer has come to.
std::vector<EmissionCounts> emit_network(const converter::SpikingNetwork& network,
                                         const MappedNetwork& mapped,
                                         common::Deployment& deployment);

}  // namespace spikeloom::mapper
