// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/workload/workload.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <utility>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/base/ceil_div.h"
#include "spikeloom/base/index.h"
#include "spikeloom/base/mix.h"
#include "spikeloom/mapper/emit/core_image.h"

namespace spikeloom::sim {
namespace {

/// What random numbers are for. Each use has a stream of its own for each core or pair of neurons,
/// so that changing one number of a workload does not change all draws.
enum class Use : std::uint64_t { kFiring, kSynapses, kTargets };

base::MixedStream stream(const WorkloadConfig& workload, Use use, std::uint64_t number) {
  const std::uint64_t seed = base::mixed(workload.seed, static_cast<std::uint64_t>(use));
  return base::MixedStream(base::mixed(seed, number));
}

using base::at;
std::uint32_t bits(int i) { return static_cast<std::uint32_t>(i); }

using Targets = std::vector<std::vector<Target>>;

Target target(int core, int slot, const arch::ChipDescription& chip) {
  return {core, slot % chip.core.axons};
}

/// Random targets: a random permutation of all slots, of which each core has as many as neurons.
Targets random_targets(const WorkloadConfig& workload, const arch::ChipDescription& chip) {
  std::vector<std::uint32_t> slots(at(workload.cores) * at(workload.neurons));
  std::iota(slots.begin(), slots.end(), 0U);
  base::MixedStream random = stream(workload, Use::kTargets, 0);
  for (std::size_t left = slots.size(); left > 1; --left) {
    std::swap(slots[left - 1], slots[random.below(static_cast<std::uint32_t>(left))]);
  }
  Targets targets(at(workload.cores));
  std::size_t next = 0;
  for (std::vector<Target>& of_core : targets) {
    for (int j = 0; j < workload.neurons; ++j) {
      const auto slot = static_cast<int>(slots[next++]);
      of_core.push_back(target(slot / workload.neurons, slot % workload.neurons, chip));
    }
  }
  return targets;
}

/// Returns where a step leads to on a line of `length` places whose ends are mirrors.
int mirrored(int place, int step, int length) {
  const int period = 2 * length;
  const int moved = ((place + step) % period + period) % period;
  return moved < length ? moved : period - 1 - moved;
}

/// Local targets. The neurons of all cores move in pairs, first along the rows and then along the
/// columns: on each line one of each pair by a step and the other one by its opposite. With mirrors
/// at the ends, two neurons of each pair arrive at every core, so that each slot has one neuron.
class LocalTargets {
 public:
  LocalTargets(const WorkloadConfig& workload, const arch::ChipDescription& chip)
      : workload_(workload),
        chip_(chip),
        grid_(chip.grid()),
        targets_(at(workload.cores), std::vector<Target>(at(workload.neurons))) {}

  Targets draw() {
    const int pairs = workload_.neurons / 2;
    for (int pair = 0; pair < pairs; ++pair) draw_pair(pair);
    // A neuron without a partner sends to its own core.
    if (workload_.neurons % 2 != 0) {
      const int last = workload_.neurons - 1;
      for (int core = 0; core < workload_.cores; ++core) {
        targets_[at(core)][at(last)] = target(core, last, chip_);
      }
    }
    return std::move(targets_);
  }

 private:
  /// Two neurons in a core on their way, named by the slot that they started from.
  using Walkers = std::vector<std::array<int, 2>>;

  void draw_pair(int pair) {
    base::MixedStream random = stream(workload_, Use::kTargets, static_cast<std::uint64_t>(pair));
    Walkers walkers(at(workload_.cores));
    for (int core = 0; core < workload_.cores; ++core) {
      walkers[at(core)] = {2 * core, 2 * core + 1};
    }
    const int rows = base::ceil_div(workload_.cores, grid_.columns);
    for (int y = 0; y < rows; ++y) {
      move(walkers, grid_.core_at(0, y), 1,
           std::min(grid_.columns, workload_.cores - y * grid_.columns), random);
    }
    for (int x = 0; x < std::min(grid_.columns, workload_.cores); ++x) {
      move(walkers, x, grid_.columns, (workload_.cores - x - 1) / grid_.columns + 1, random);
    }
    for (int core = 0; core < workload_.cores; ++core) {
      for (int i = 0; i < 2; ++i) {
        const int start = walkers[at(core)][at(i)];
        targets_[at(start / 2)][at(2 * pair + start % 2)] = target(core, 2 * pair + i, chip_);
      }
    }
  }

  /// Moves the walkers of the cores first, first + stride, ..., which are `length`.
  void move(Walkers& walkers, int first, int stride, int length, base::MixedStream& random) const {
    const int radius = workload_.radius;
    const int step = static_cast<int>(random.below(bits(2 * radius + 1))) - radius;
    std::vector<std::vector<int>> arrived(at(length));
    for (int i = 0; i < length; ++i) {
      const std::array<int, 2>& here = walkers[at(first + i * stride)];
      arrived[at(mirrored(i, step, length))].push_back(here[0]);
      arrived[at(mirrored(i, -step, length))].push_back(here[1]);
    }
    for (int i = 0; i < length; ++i) {
      // Which of the two goes which way next is left to chance.
      const std::size_t swap = random.next() >> 63;
      walkers[at(first + i * stride)] = {arrived[at(i)][swap], arrived[at(i)][1 - swap]};
    }
  }

  const WorkloadConfig& workload_;
  const arch::ChipDescription& chip_;
  arch::MeshDescription grid_;
  Targets targets_;
};

/// Gives each axon its synapses: the first `active_synapses` dendrites of a random order, with
/// random signs.
void set_synapses(const WorkloadConfig& workload, int core, int axons, mapper::CoreImage& image) {
  base::MixedStream random = stream(workload, Use::kSynapses, static_cast<std::uint64_t>(core));
  std::vector<int> order(at(workload.neurons));
  std::iota(order.begin(), order.end(), 0);
  std::uint64_t signs = 0;
  for (int axon = 0; axon < axons; ++axon) {
    for (int i = 0; i < workload.active_synapses; ++i) {
      const auto other = at(i) + random.below(bits(workload.neurons - i));
      std::swap(order[at(i)], order[other]);
      if (i % 64 == 0) signs = random.next();
      image.set_synapses(axon, 1, order[at(i)], (signs >> (i % 64) & 1) != 0 ? 1 : -1);
    }
  }
}

arch::CoreLabels labels_of(const WorkloadConfig& workload, int core) {
  arch::CoreLabels labels;
  labels.core = core;
  labels.group_layers = {0};
  for (int j = 0; j < workload.neurons; ++j) {
    labels.neurons.push_back({bits(core) * bits(workload.neurons) + bits(j), 0, 0, 1});
  }
  return labels;
}

}  // namespace

std::vector<std::vector<Target>> draw_targets(const WorkloadConfig& workload,
                                              const arch::ChipDescription& chip) {
  switch (workload.destinations) {
    case Destinations::kRandom:
      return random_targets(workload, chip);
    case Destinations::kLocal:
      return LocalTargets(workload, chip).draw();
  }
  return {};
}

arch::Deployment make_workload(const WorkloadConfig& workload, const arch::ChipDescription& chip) {
  arch::Deployment deployment;
  deployment.network = kWorkloadName;
  deployment.chip = chip;
  deployment.chip.board.grow = false;
  deployment.chip.core.neuron = arch::Neuron::kStochastic;
  deployment.seed = workload.seed;
  deployment.layers = {{kWorkloadName, 0, workload.cores * workload.neurons, 1, workload.cores}};
  deployment.input = {1, {0}, {}};
  const std::int32_t threshold = arch::threshold_of_probability(workload.firing_rate);
  const int axons = std::min(workload.neurons, chip.core.axons);
  const arch::MeshDescription grid = chip.grid();
  const Targets targets = draw_targets(workload, chip);
  arch::PayloadPool pool;
  for (int core = 0; core < workload.cores; ++core) {
    mapper::CoreImage image(deployment.chip.core);
    image.add_group({0, workload.neurons, axons});
    for (int j = 0; j < workload.neurons; ++j) {
      const Target& to = targets[at(core)][at(j)];
      const arch::Region region{grid.x(to.core), grid.y(to.core), grid.x(to.core), grid.y(to.core)};
      image.add_neuron({{j, 0}}, {threshold}, {arch::Packet::to_cores(region, 0, to.axon)});
    }
    set_synapses(workload, core, axons, image);
    image.set_random({stream(workload, Use::kFiring, static_cast<std::uint64_t>(core)).next(), 0});
    image.append_transactions(chip.place(core), chip.bus, pool, deployment.transactions);
    deployment.cores.push_back(labels_of(workload, core));
  }
  return deployment;
}

std::vector<arch::Transaction> first_tick_writes(const arch::Deployment& deployment,
                                                 std::uint64_t tick) {
  std::vector<arch::Transaction> writes;
  for (const arch::CoreLabels& labels : deployment.cores) {
    const arch::CoreLocation place = deployment.chip.place(labels.core);
    arch::Transaction write;
    write.address = arch::core_address(place.unit, arch::CoreRegion::kRandom,
                                       arch::RandomStart::kTickOffset, place.chip);
    std::vector<std::uint8_t> data(sizeof tick);
    std::memcpy(data.data(), &tick, sizeof tick);
    write.data = std::move(data);
    writes.push_back(std::move(write));
  }
  return writes;
}

}  // namespace spikeloom::sim
