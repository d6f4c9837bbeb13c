// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/threshold_unit.h"

#include <algorithm>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/hw/core/loaded_tables.h"

namespace spikeloom::hw {
namespace {

using arch::CoreRegion;

using base::to_size;

}  // namespace

void ThresholdUnit::load(const CoreMemory& memory, const std::vector<arch::Packet>& routes,
                         const Fail& fail) {
  const std::size_t count = entries_in_use(memory, arch::core_control::kNeurons,
                                           chip_->core.max_neurons(), "neurons", fail);
  load_gather(memory, fail);
  tables_.thresholds =
      memory.table<std::int32_t>(CoreRegion::kThresholds, to_size(chip_->core.max_thresholds()));
  const auto words = memory.table<std::uint64_t>(CoreRegion::kNeurons, count * 2);
  tables_.neurons.clear();
  for (std::size_t i = 0; i < count; ++i) {
    arch::NeuronEntry neuron = arch::NeuronEntry::decode(words[2 * i], words[2 * i + 1]);
    if (!valid(neuron, routes)) {
      fail(fmt::format(
          "neuron {} refers to entries outside its tables or to a packet that cannot be routed",
          i));
      neuron = {};
    }
    tables_.neurons.push_back(neuron);
  }
  drop_unused_entries();
  potentials_.resize(count);
  fired_.resize(count);
  firings_.reserve(count);
}

void ThresholdUnit::drop_unused_entries() {
  int gathers = 0;
  int thresholds = 0;
  for (const arch::NeuronEntry& neuron : tables_.neurons) {
    gathers = std::max(gathers, neuron.first_gather + neuron.gathers);
    thresholds = std::max(thresholds, neuron.first_threshold + neuron.thresholds);
  }
  tables_.gather.resize(to_size(gathers));
  tables_.gather.shrink_to_fit();
  tables_.thresholds.resize(to_size(thresholds));
  tables_.thresholds.shrink_to_fit();
}

void ThresholdUnit::load_gather(const CoreMemory& memory, const Fail& fail) {
  const int dendrites = chip_->core.ternary_dendrites();
  const int planes = chip_->core.weight_planes;
  tables_.gather.clear();
  for (const std::uint16_t word :
       memory.table<std::uint16_t>(CoreRegion::kGather, to_size(dendrites))) {
    arch::GatherEntry entry = arch::GatherEntry::decode(word, planes);
    if (entry.dendrite >= dendrites) {
      fail(fmt::format("the gather table names dendrite {}, allowed 0..{}", entry.dendrite,
                       dendrites - 1));
      entry = {};
    } else if (entry.shift >= planes) {
      fail(fmt::format(
          "the gather table shifts dendrite {} by {}, allowed 0..{} (weight_planes: {})",
          entry.dendrite, entry.shift, planes - 1, planes));
      entry = {};
    }
    tables_.gather.push_back(entry);
  }
}

bool ThresholdUnit::valid(const arch::NeuronEntry& neuron,
                          const std::vector<arch::Packet>& routes) const {
  return to_size(neuron.first_gather + neuron.gathers) <= tables_.gather.size() &&
         to_size(neuron.first_threshold + neuron.thresholds) <= tables_.thresholds.size() &&
         neuron.thresholds <= chip_->core.thresholds_per_dendrite &&
         routes_are_valid(*chip_, routes, neuron.first_route, neuron.routes, neuron.thresholds);
}

std::int64_t ThresholdUnit::cycles(std::size_t first, std::size_t end) const {
  const arch::CoreTiming& timing = chip_->core.timing;
  int gathers = 0;
  for (std::size_t j = first; j < end; ++j) gathers = std::max(gathers, tables_.neurons[j].gathers);
  return std::int64_t{gathers} * timing.gather_cycles_per_group + timing.compare_cycles;
}

std::int64_t ThresholdUnit::fire(const std::vector<std::int32_t>& sums, std::int64_t start,
                                 const Fail& fail) {
  firings_.clear();
  std::int64_t now = start;
  // The slowest neuron determines the time of its batch.
  const std::size_t side_by_side = batch();
  for (std::size_t begin = 0; begin < tables_.neurons.size(); begin += side_by_side) {
    const std::size_t end = std::min(begin + side_by_side, tables_.neurons.size());
    for (std::size_t j = begin; j < end; ++j) update(j, sums, fail);
    now += cycles(begin, end);
    for (std::size_t j = begin; j < end; ++j) {
      if (fired_[j] == 0) continue;
      firings_.push_back(
          {j, fired_[j], now, tables_.neurons[j].first_route, tables_.neurons[j].routes});
    }
  }
  return now;
}

void ThresholdUnit::update(std::size_t number, const std::vector<std::int32_t>& sums,
                           const Fail& fail) {
  const arch::NeuronEntry& neuron = tables_.neurons[number];
  const std::int64_t maximum = (std::int64_t{1} << (chip_->core.potential_bits - 1)) - 1;
  std::int64_t potential = 0;
  for (int i = 0; i < neuron.gathers; ++i) {
    const arch::GatherEntry& entry = tables_.gather[to_size(neuron.first_gather + i)];
    const std::int64_t sum = sums[to_size(entry.dendrite)] * (std::int64_t{1} << entry.shift);
    potential += sum;
    for (const std::int64_t value : {sum, potential}) {
      if (value > maximum || value < -maximum - 1) {
        fail(fmt::format("neuron {}: a sum of {} does not fit in {} bits", number, value,
                         chip_->core.potential_bits));
      }
    }
  }
  potentials_[number] = static_cast<std::int32_t>(potential);
  const std::int64_t value = compared(number, potential);
  std::uint64_t fired = 0;
  for (int i = 0; i < neuron.thresholds; ++i) {
    const bool reached = value >= tables_.thresholds[to_size(neuron.first_threshold + i)];
    fired |= std::uint64_t{reached} << i;
  }
  fired_[number] = fired;
}

void ThresholdUnit::add_events(const std::vector<std::uint16_t>& categories,
                               std::vector<EventCounts>& counts, EventCounts& all) const {
  for (std::size_t j = 0; j < tables_.neurons.size(); ++j) {
    const auto gathers = static_cast<std::uint64_t>(tables_.neurons[j].gathers);
    const auto thresholds = static_cast<std::uint64_t>(tables_.neurons[j].thresholds);
    EventCounts& category = counts[categories[j]];
    category[Event::kGather] += gathers;
    category[Event::kThresholdCompare] += thresholds;
    all[Event::kGather] += gathers;
    all[Event::kThresholdCompare] += thresholds;
  }
}

}  // namespace spikeloom::hw
