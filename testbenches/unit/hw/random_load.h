// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/deployment.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::test {

/// Cores that send random spikes to each other and to the host, and the writes that load them.
struct RandomLoad {
  static constexpr int kAxons = 40;

  std::vector<int> cores;
  std::vector<arch::Transaction> transactions;

  /// `percent` of the synapses are nonzero. `in_use` are the numbers of the enabled cores on the
  /// board.
  RandomLoad(const arch::ChipDescription& chip, std::vector<int> in_use, int percent,
             std::uint64_t seed)
      : cores(std::move(in_use)) {
    Random random(seed);
    for (const int core : cores) {
      const arch::CoreLocation place = chip.place(core);
      for (CoreProgram::Write& write : program(chip, percent, random).writes(chip.core)) {
        transactions.push_back(
            {arch::core_address(place.unit, write.region, write.offset, place.chip),
             std::move(write.data)});
      }
    }
  }

  /// Returns a packet to one of the cores: to a list if the chip has expansion tables, else to an
  /// axon.
  arch::Packet packet(const arch::ChipDescription& chip, Random& random) const {
    const int core =
        cores[static_cast<std::size_t>(random.between(0, static_cast<int>(cores.size()) - 1))];
    const auto x = static_cast<std::uint8_t>(chip.grid().x(core));
    const auto y = static_cast<std::uint8_t>(chip.grid().y(core));
    const arch::Region region{x, y, x, y};
    if (chip.core.expansion.entries != 0 && random.chance(40)) {
      return arch::Packet::to_entries(region, random.between(0, 7));
    }
    return arch::Packet::to_cores(region, 0, random.between(0, kAxons - 2));
  }

 private:
  CoreProgram program(const arch::ChipDescription& chip, int percent, Random& random) const {
    const int dendrites = 30 + random.between(0, 10);
    CoreProgram result;
    result.groups = {{random.between(0, 20), dendrites, kAxons}};
    const int neurons = random.between(10, 20);
    for (int j = 0; j < neurons; ++j) {
      const int gathers = random.between(1, 3);
      result.neurons.push_back({static_cast<int>(result.gather.size()), gathers, 2 * j, 2, j, 1});
      for (int i = 0; i < gathers; ++i) {
        result.gather.push_back(static_cast<std::uint16_t>(result.groups[0].first_dendrite +
                                                           random.between(0, dendrites - 1)));
      }
      const int threshold = random.between(-1, 2);
      result.thresholds.push_back(threshold);
      result.thresholds.push_back(threshold + 2);
      result.routes.push_back(random.chance(20) ? arch::Packet::to_host(2 * j)
                                                : packet(chip, random));
    }
    for (int axon = 0; axon < kAxons; ++axon) {
      for (int d = 0; d < dendrites; ++d) {
        if (!random.chance(percent)) continue;
        result.weights.push_back(
            {axon, result.groups[0].first_dendrite + d, random.chance(50) ? 1 : -1});
      }
    }
    if (chip.core.expansion.entries != 0) {
      for (int i = 0; i < 8; ++i) {
        result.expansion.push_back({0, random.between(0, kAxons - 2), random.chance(50)});
      }
      result.expansion.back().last = true;
    }
    return result;
  }
};

}  // namespace spikeloom::test
