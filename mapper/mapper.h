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
  /// Annealing effort, 0..kMaxEffort. Run time is proportional to it and to the number of blocks.
  /// 0 turns annealing off.
  int effort = kDefaultEffort;
  /// Measured spikes of the network's neurons, by which placement weights packets. If null, all
  /// neurons are assumed to fire equally often.
  const arch::SpikeProfile* profile = nullptr;
  /// Called during annealing with the number of moves done and the total number of moves. An
  /// exception that it throws ends the mapping.
  std::function<void(std::size_t done, std::size_t total)> progress = nullptr;
};

/// Returns `chip` with everything that map_network ignores (supply, sync, FIFOs, names) set to
/// fixed values. Chips with equal mapped parts get equal mappings from equal options.
arch::ChipDescription mapped_subset(const arch::ChipDescription& chip);

/// Maps `network` to `chip`. `network_file` holds the bytes of the file that the network was read
/// from; the deployment carries them for the host. The result is deterministic: the same arguments
/// give the same deployment. Fills `*report` unless it is null. If chip.board.grow is set and the
/// board has too few cores, the deployment's board is the smallest one that suffices, either square
/// or with one column more than rows; the defects stay at their places on it. Dead cores and those
/// that dead links cut off hold nothing. Throws DoesNotFit if the network does not fit.
arch::Deployment map_network(const converter::SpikingNetwork& network,
                             const std::vector<std::uint8_t>& network_file,
                             const arch::ChipDescription& chip, const MapOptions& options,
                             MappingReport* report = nullptr);

}  // namespace spikeloom::mapper
