// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/emit/block_emitter.h"

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
                                         const MappedNetwork& mapped, arch::Deployment& deployment);

}  // namespace spikeloom::mapper
