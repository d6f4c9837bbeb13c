// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/core_statistics.h"

#include <algorithm>
#include <set>
#include <utility>

#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {
namespace {

std::uint64_t popcount(std::uint64_t bits) {
  return static_cast<std::uint64_t>(__builtin_popcountll(bits));
}

}  // namespace

CoreStatistics::CoreStatistics(const arch::Deployment& deployment, hw::Board& board)
    : deployment_(deployment),
      board_(board),
      events_(deployment.cores.size()),
      use_(deployment.cores.size()) {
  for (const arch::CoreLabels& labels : deployment.cores) set_core_categories(labels);
}

void CoreStatistics::set_core_categories(const arch::CoreLabels& labels) {
  std::vector<std::uint16_t> groups;
  for (const std::uint16_t layer : labels.group_layers) {
    groups.push_back(static_cast<std::uint16_t>(layer_category(layer)));
  }
  std::vector<std::uint16_t> neurons;
  for (const arch::NeuronLabel& label : labels.neurons) {
    neurons.push_back(static_cast<std::uint16_t>(layer_category(label.layer)));
  }
  const std::set<std::size_t> held(neurons.begin(), neurons.end());
  categories_.emplace_back(held.begin(), held.end());
  board_.core(labels.core).set_categories(std::move(groups), std::move(neurons));
}

void CoreStatistics::read_levels(std::vector<std::vector<std::uint8_t>>& levels) const {
  for (std::vector<std::uint8_t>& layer : levels) std::fill(layer.begin(), layer.end(), 0);
  for (const arch::CoreLabels& labels : deployment_.cores) {
    const std::vector<std::uint64_t>& fired = board_.core(labels.core).fired();
    for (std::size_t j = 0; j < labels.neurons.size(); ++j) {
      if (fired[j] == 0) continue;
      std::uint8_t& level = levels[labels.neurons[j].layer][labels.neurons[j].neuron];
      level = static_cast<std::uint8_t>(level + popcount(fired[j]));
    }
  }
}

std::vector<PartTiming> CoreStatistics::part_timings() const {
  const std::vector<hw::NetworkActivity>& network = board_.fabric().activity();
  std::vector<PartTiming> parts(layer_category(deployment_.layers.size()));
  for (std::size_t a = 0; a < parts.size(); ++a) parts[a].packet_cycles = network[a].last_event;
  for (std::size_t i = 0; i < categories_.size(); ++i) {
    const arch::CoreLabels& labels = deployment_.cores[i];
    const std::int64_t cycles = board_.core(labels.core).busy_cycles();
    for (const std::size_t category : categories_[i]) {
      if (cycles <= parts[category].core_cycles) continue;
      parts[category].core_cycles = cycles;
      parts[category].core = labels.core;
    }
  }
  return parts;
}

void CoreStatistics::add(const std::vector<hw::EventCounts>& events) {
  for (std::size_t i = 0; i < use_.size(); ++i) {
    const arch::CoreLabels& labels = deployment_.cores[i];
    const hw::CoreIf& core = board_.core(labels.core);
    events_[i] += events[static_cast<std::size_t>(labels.core)];
    use_[i].busy_cycles += static_cast<std::uint64_t>(core.busy_cycles());
    for (const std::uint64_t fired : core.fired()) use_[i].spikes += popcount(fired);
  }
}

std::vector<CoreUse> CoreStatistics::use() const {
  std::vector<CoreUse> result = use_;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const hw::CoreIf& core = board_.core(deployment_.cores[i].core);
    result[i].dendrites = static_cast<std::uint64_t>(core.dendrites());
  }
  return result;
}

}  // namespace spikeloom::sim
