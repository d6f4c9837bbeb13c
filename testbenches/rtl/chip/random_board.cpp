// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/chip/random_board.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/base/index.h"
#include "spikeloom/mapper/does_not_fit.h"
#include "spikeloom/mapper/mapper.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom::rtl {
namespace {

using arch::Packet;
using test::CoreProgram;
using test::Random;

using base::to_size;

/// Returns a packet for an axon that no core has.
Packet unknown_axon(const arch::ChipDescription& chip, Random& random) {
  const int core = random.between(0, chip.grid().cores() - 1);
  const int x = chip.grid().x(core);
  const int y = chip.grid().y(core);
  return Packet::to_cores({x, y, x, y}, Packet::kMaxGroups - 1, 0);
}

/// Makes the programs of all cores of a board.
class Generator {
 public:
  Generator(const arch::ChipDescription& chip, Random& random, int activity)
      : chip_(chip),
        random_(random),
        activity_(activity),
        programs_(to_size(chip.grid().cores())),
        enabled_(programs_.size()) {}

  BoardLoad make() {
    const int share = random_.between(20, 100);
    for (std::size_t i = 0; i < enabled_.size(); ++i) enabled_[i] = random_.chance(share);
    enabled_[to_size(random_.between(0, static_cast<int>(enabled_.size()) - 1))] = true;
    for (std::size_t i = 0; i < enabled_.size(); ++i) {
      programs_[i].enable = enabled_[i];
      if (enabled_[i]) add_inputs(programs_[i]);
    }
    for (std::size_t i = 0; i < enabled_.size(); ++i) {
      if (enabled_[i]) add_neurons(programs_[i]);
    }
    BoardLoad load;
    load.input_levels = chip_.core.thresholds_per_dendrite;
    load.unknown = unknown_axon(chip_, random_);
    for (int i = 0; i < 40; ++i) {
      if (const auto packet = to_cores(true, load.input_levels)) load.inputs.push_back(*packet);
    }
    for (std::size_t i = 0; i < enabled_.size(); ++i) {
      if (enabled_[i]) write(static_cast<int>(i), load.transactions);
    }
    return load;
  }

 private:
  /// Adds groups, weights and the expansion table.
  void add_inputs(CoreProgram& program) {
    const int columns = chip_.core.ternary_dendrites();
    const int groups = random_.between(1, chip_.core.fan_in_groups);
    for (int g = 0; g < groups; ++g) {
      arch::GroupEntry group;
      group.axons = random_.chance(15) ? 0 : random_.between(1, chip_.core.axons);
      group.dendrites = random_.chance(10) ? 0 : random_.between(1, columns);
      group.first_dendrite = random_.between(0, columns - group.dendrites);
      program.groups.push_back(group);
    }
    const int percent = random_.between(5, 60);
    for (int axon = 0; axon < chip_.core.axons; ++axon) {
      for (int dendrite = 0; dendrite < columns; ++dendrite) {
        if (random_.chance(percent)) {
          program.weights.push_back({axon, dendrite, random_.chance(60) ? 1 : -1});
        }
      }
    }
    const int levels = chip_.core.thresholds_per_dendrite;
    for (int i = 0; i < chip_.core.expansion.entries; ++i) {
      std::vector<int> usable;
      for (int g = 0; g < groups; ++g) {
        if (program.groups[to_size(g)].axons >= levels) usable.push_back(g);
      }
      if (usable.empty()) break;
      const int g = usable[to_size(random_.between(0, static_cast<int>(usable.size()) - 1))];
      const int axon = random_.between(0, program.groups[to_size(g)].axons - levels);
      program.expansion.push_back({g, axon, random_.chance(40)});
    }
    if (!program.expansion.empty()) program.expansion.back().last = true;
  }

  void add_neurons(CoreProgram& program) {
    const arch::CoreDescription& core = chip_.core;
    const int neurons = random_.chance(10) ? 0 : random_.between(1, core.max_neurons());
    int gathers_left = core.ternary_dendrites();
    int routes_left = core.route_entries;
    for (int j = 0; j < neurons; ++j) {
      arch::NeuronEntry neuron;
      neuron.gathers = std::min(gathers_left, random_.between(0, 3));
      gathers_left -= neuron.gathers;
      neuron.first_gather = static_cast<int>(program.gather.size());
      for (int i = 0; i < neuron.gathers; ++i) {
        const arch::GatherEntry entry{random_.between(0, core.ternary_dendrites() - 1),
                                      random_.between(0, core.weight_planes - 1)};
        program.gather.push_back(entry.encode(core.weight_planes));
      }
      neuron.thresholds = random_.between(0, core.thresholds_per_dendrite);
      neuron.first_threshold = static_cast<int>(program.thresholds.size());
      int threshold = random_.between(-3, 12 - activity_);
      for (int i = 0; i < neuron.thresholds; ++i) {
        program.thresholds.push_back(threshold);
        threshold += random_.between(0, 3);
      }
      if (neuron.thresholds > 0 && random_.chance(3)) {
        program.thresholds.back() = arch::kNeverFires;
      } else if (neuron.thresholds > 0 && random_.chance(activity_)) {
        program.thresholds[to_size(neuron.first_threshold)] = arch::kAlwaysFires;
      }
      neuron.routes = random_.chance(10 * activity_) ? random_.between(0, 2) : 0;
      neuron.routes = std::min(neuron.routes, routes_left);
      routes_left -= neuron.routes;
      neuron.first_route = static_cast<int>(program.routes.size());
      for (int i = 0; i < neuron.routes; ++i) {
        program.routes.push_back(route(std::max(1, neuron.thresholds)));
      }
      program.neurons.push_back(neuron);
    }
  }

  Packet route(int levels) {
    if (random_.chance(70)) {
      if (const auto packet = to_cores(false, levels)) return *packet;
    }
    return Packet::to_host(random_.between(0, 1000));
  }

  /// Returns a packet that all its receivers can take, for a number of levels.
  std::optional<Packet> to_cores(bool from_host, int levels) {
    for (int attempt = 0; attempt < 30; ++attempt) {
      const arch::Region region = random_region(from_host);
      std::vector<const CoreProgram*> receivers;
      bool valid = true;
      for (int y = region.y0; y <= region.y1; ++y) {
        for (int x = region.x0; x <= region.x1; ++x) {
          const std::size_t core = to_size(chip_.grid().core_at(x, y));
          valid = valid && enabled_[core];
          receivers.push_back(&programs_[core]);
        }
      }
      if (!valid) continue;
      if (chip_.core.expansion.entries != 0 && random_.chance(35)) {
        std::size_t entries = SIZE_MAX;
        for (const CoreProgram* receiver : receivers) {
          entries = std::min(entries, receiver->expansion.size());
        }
        if (entries == 0) continue;
        return Packet::to_entries(region, random_.between(0, static_cast<int>(entries) - 1));
      }
      std::size_t groups = SIZE_MAX;
      for (const CoreProgram* receiver : receivers) {
        groups = std::min(groups, receiver->groups.size());
      }
      const int group = random_.between(0, static_cast<int>(groups) - 1);
      int axons = chip_.core.axons;
      for (const CoreProgram* receiver : receivers) {
        axons = std::min(axons, receiver->groups[to_size(group)].axons);
      }
      if (axons < levels) continue;
      return Packet::to_cores(region, group, random_.between(0, axons - levels));
    }
    return std::nullopt;
  }

  arch::Region random_region(bool from_host) {
    const arch::MeshDescription grid = chip_.grid();
    const int x0 = random_.between(0, grid.columns - 1);
    const int y0 = random_.between(0, grid.rows - 1);
    if (!chip_.multicasts(from_host) || random_.chance(50)) return {x0, y0, x0, y0};
    return {x0, y0, random_.between(x0, grid.columns - 1), random_.between(y0, grid.rows - 1)};
  }

  /// Appends the writes of a core as bursts that the bus takes.
  void write(int core, std::vector<arch::Transaction>& transactions) {
    const arch::CoreLocation place = chip_.place(core);
    const auto longest = to_size(chip_.bus.max_burst_bytes);
    for (const CoreProgram::Write& write : programs_[to_size(core)].writes(chip_.core)) {
      for (std::size_t at = 0; at < write.data.size(); at += longest) {
        const std::size_t end = std::min(write.data.size(), at + longest);
        transactions.push_back(
            {arch::core_address(place.unit, write.region, write.offset + at, place.chip),
             std::vector<std::uint8_t>(write.data.begin() + static_cast<std::ptrdiff_t>(at),
                                       write.data.begin() + static_cast<std::ptrdiff_t>(end))});
      }
    }
  }

  const arch::ChipDescription& chip_;
  Random& random_;
  int activity_;
  std::vector<CoreProgram> programs_;
  std::vector<bool> enabled_;
};

}  // namespace

BoardLoad random_cores(const arch::ChipDescription& chip, Random& random, int activity) {
  return Generator(chip, random, activity).make();
}

BoardLoad random_mapped_network(const arch::ChipDescription& chip, Random& random) {
  while (true) {
    const converter::SpikingNetwork network =
        random.chance(50) ? test::random_chain(random) : test::random_network(random);
    try {
      const arch::Deployment deployment =
          mapper::map_network(network, network.encode(), chip, mapper::MapOptions{});
      BoardLoad load;
      load.transactions = deployment.transactions;
      for (const std::uint64_t packet : deployment.input.packets) load.inputs.emplace_back(packet);
      load.input_levels = deployment.input.levels;
      load.unknown = unknown_axon(chip, random);
      return load;
    } catch (const mapper::DoesNotFit&) {
    }
  }
}

}  // namespace spikeloom::rtl
