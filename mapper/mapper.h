// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "common/chip_description.h"
#include "common/deployment.h"
#include "converter/spiking_network.h"
#include "mapper/report.h"

namespace spikeloom::mapper {

struct MapOptions {
  std::uint64_t seed = 1;
  /// What one packet a spike less, averaged over the network's spikes, may cost: a share of the
  /// chip's cores. 0 asks for the fewest cores. Lowered step by step where the network would not
  /// fit otherwise.
  double packet_price = 0.1;
};

/// Lays `network` out on `chip`. `network_file` is the file that it was read from; it travels in
/// the deployment, for the host. Same arguments, same deployment. Fills `report` where given. Where
/// chip.board.grow is set and the board has too few cores, the deployment's has enough: the
/// smallest that would do, square or a column more. Throws common::UserError, naming layer, limit,
/// need and what is available, for a network that does not fit.
common::Deployment map_network(const converter::SpikingNetwork& network,
                               const std::vector<std::uint8_t>& network_file,
                               const common::ChipDescription& chip, const MapOptions& options,
                               MappingReport* report = nullptr);

}  // namespace spikeloom::mapper
