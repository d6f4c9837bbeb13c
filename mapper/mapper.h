// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/deployment.h"
#include "spikeloom/arch/spike_profile.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/plan/objective.h"
#include "spikeloom/mapper/report/report.h"

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
  const arch::SpikeProfile* profile = nullptr;
  /// Called while placement is annealed, with the moves done and all there will be. What it throws
  /// ends the mapping.
  std::function<void(std::size_t done, std::size_t total)> progress = nullptr;
};

/// `chip` with all that map_network does not look at (supply, sync, FIFOs, names) at fixed values:
/// chips that are equal so get equal mappings from equal options.
arch::ChipDescription mapped_part(const arch::ChipDescription& chip);

/// Lays `network` out on `chip`. `network_file` is the file that it was read from; it travels in
/// the deployment, for the host. Same arguments, same deployment. Fills `report` where given. Where
/// chip.board.grow is set and the board has too few cores, the deployment's has enough: the
/// smallest that would do, square or a column more. Throws base::UserError, naming layer, limit,
/// need and what is available, for a network that does not fit.
arch::Deployment map_network(const converter::SpikingNetwork& network,
                             const std::vector<std::uint8_t>& network_file,
                             const arch::ChipDescription& chip, const MapOptions& options,
                             MappingReport* report = nullptr);

}  // namespace spikeloom::mapper
