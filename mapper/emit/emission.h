// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/emit/block_emitter.h"

namespace spikeloom::mapper {

/// A network with its plans, placement and routes.
struct MappedNetwork {
  std::vector<LayerMap> layers;
  Placement placement;
  NetworkRoutes routes;
};

/// Adds the contents of all cores, the layers and the host's input routes to `deployment`, whose
/// chip must be set. Returns the resources that each layer uses, [layer]. Throws DoesNotFit if
/// a potential may exceed potential_bits.
std::vector<EmissionCounts> emit_network(const converter::SpikingNetwork& network,
                                         const MappedNetwork& mapped, arch::Deployment& deployment);

}  // namespace spikeloom::mapper
