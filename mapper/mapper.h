// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "common/chip_description.h"
#include "common/deployment.h"
#include "common/spike_profile.h"
#include "converter/spiking_network.h"
#include "mapper/objective.h"
#include "mapper/report.h"

namespace spikeloom::mapper {

/// Default of MapOptions::effort.
inline constexpr int kDefaultEffort = 10;
inline constexpr int kMaxEffort = 1000;

struct MapOptions {
  std::uint64_t seed = 1;
  Objective objective = kDefaultObjective;
  EnergyCoefficients energy;  ///< for Objective::kEnergy
  /// How long placement is annealed: time grows with it and with the network's blocks. 0: not at
  /// all.
  int effort = kDefaultEffort;
  /// Spikes of the network's neurons, that placement weighs packets by; null: all fire alike.
  const common::SpikeProfile* profile = nullptr;
  /// Called while placement is annealed, with the moves done and all there will be. What it throws
  /// ends the mapping.
  std::function<void(std::size_t done, std::size_t total)> progress = nullptr;
};

/// `chip` with all that map_network does not look at (supply, sync, FIFOs, names) at fixed values:
/// chips that are equal so get equal mappings from equal options.
common::ChipDescription mapped_part(const common::ChipDescription& chip);

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
