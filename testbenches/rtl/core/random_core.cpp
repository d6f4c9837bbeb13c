// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/core/random_core.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>

#include "spikeloom/base/index.h"

namespace spikeloom::rtl {
namespace {

using arch::CoreRegion;
using test::Random;

using base::to_size;

/// Returns a number of 0 .. maximum: often small, sometimes the maximum.
int skewed(Random& random, int maximum) {
  if (random.chance(10)) return maximum;
  return random.chance(50) ? random.between(0, std::min(maximum, 4)) : random.between(0, maximum);
}

}  // namespace

RandomCore::RandomCore(const arch::ChipDescription& chip, Random& random)
    : chip_(&chip),
      largest_sums_(random.chance(4)),
      falls_behind_(!largest_sums_ && chip.sync.tick_cycles != 0 && random.chance(6)) {
  make_weights(random);
  make_groups(random);
  make_expansion(random);
  make_neurons(random);
  if (chip.core.neuron == arch::Neuron::kStochastic) {
    write_table(CoreRegion::kRandom, std::vector<std::uint64_t>{random.bits(), random.bits() >> 40},
                writes_);
  }
  write_table(CoreRegion::kControl, std::vector<std::uint64_t>{0, groups_.size(), neurons_.size()},
              writes_);
  writes_.push_back({CoreRegion::kControl, arch::core_control::kEnable, 1});
}

template <class Value>
void RandomCore::write_table(CoreRegion region, const std::vector<Value>& entries,
                             std::vector<Write>& writes) {
  std::vector<std::uint64_t> words((entries.size() * sizeof(Value) + 7) / 8);
  if (!entries.empty()) std::memcpy(words.data(), entries.data(), entries.size() * sizeof(Value));
  for (std::size_t i = 0; i < words.size(); ++i) {
    writes.push_back({region, i * arch::kBusWordBytes, words[i]});
  }
}

void RandomCore::make_weights(Random& random) {
  const arch::CoreDescription& core = chip_->core;
  const auto row_words = arch::plane_row_bytes(core) / arch::kBusWordBytes;
  const int percent = largest_sums_ || random.chance(20) ? 100 : random.between(2, 60);
  const int minus_percent = largest_sums_ ? 100 * random.between(0, 1) : 50;
  // Weights that are 0 because both of their bits are set.
  const int both_percent = largest_sums_ ? 0 : random.between(0, 10);
  for (int axon = 0; axon < core.axons; ++axon) {
    std::vector<std::uint64_t> plus(row_words);
    std::vector<std::uint64_t> minus(row_words);
    const auto set = [](std::vector<std::uint64_t>& plane, int column) {
      plane[to_size(column / 64)] |= std::uint64_t{1} << column % 64;
    };
    for (int d = 0; d < core.ternary_dendrites(); ++d) {
      if (!random.chance(percent)) continue;
      const bool both = random.chance(both_percent);
      const bool negative = random.chance(minus_percent);
      const bool pair = core.synapse == arch::Synapse::kBinaryPair;
      if (both || !negative) set(plus, pair ? 2 * d : d);
      if (both || negative) set(pair ? plus : minus, pair ? 2 * d + 1 : d);
    }
    for (std::uint64_t i = 0; i < row_words; ++i) {
      const std::uint64_t offset =
          (static_cast<std::uint64_t>(axon) * row_words + i) * arch::kBusWordBytes;
      if (plus[i] != 0) writes_.push_back({CoreRegion::kPlusPlane, offset, plus[i]});
      if (minus[i] != 0) writes_.push_back({CoreRegion::kMinusPlane, offset, minus[i]});
    }
  }
}

void RandomCore::make_groups(Random& random) {
  const arch::CoreDescription& core = chip_->core;
  const int dendrites = core.ternary_dendrites();
  const arch::GroupEntry whole{0, dendrites, core.axons};
  int count = random.chance(5) ? 0 : random.between(1, core.fan_in_groups);
  if (largest_sums_) count = core.fan_in_groups;
  if (falls_behind_) count = 0;
  std::vector<std::uint64_t> words;
  // The entries after those in use hold groups, too.
  for (int g = 0; g < core.fan_in_groups; ++g) {
    arch::GroupEntry group;
    group.first_dendrite = random.chance(20) ? 0 : random.between(0, dendrites - 1);
    group.dendrites = random.chance(10) ? 0 : random.between(0, dendrites - group.first_dendrite);
    group.axons = random.chance(15) ? 0 : random.between(1, core.axons);
    if (largest_sums_ || random.chance(15)) group = whole;
    if (g < count) groups_.push_back(group);
    words.push_back(group.encode());
  }
  write_table(CoreRegion::kGroups, words, writes_);
}

void RandomCore::make_expansion(Random& random) {
  std::vector<int> reachable;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    if (groups_[g].axons > 0) reachable.push_back(static_cast<int>(g));
  }
  if (reachable.empty() || chip_->core.expansion.entries == 0) return;
  const int count = random.between(1, chip_->core.expansion.entries);
  std::vector<std::uint32_t> words;
  for (int i = 0; i < count; ++i) {
    const int group = reachable[to_size(random.between(0, static_cast<int>(reachable.size()) - 1))];
    const bool last = i + 1 == count || random.chance(25);
    expansion_.push_back({group, random.between(0, groups_[to_size(group)].axons - 1), last});
    words.push_back(expansion_.back().encode());
  }
  write_table(CoreRegion::kExpansion, words, writes_);
}

arch::Packet RandomCore::route(Random& random) const {
  const arch::MeshDescription grid = chip_->grid();
  if (random.chance(20)) return arch::Packet::to_host(random.between(0, 1000));
  const int x = random.between(0, grid.columns - 1);
  const int y = random.between(0, grid.rows - 1);
  arch::Region region{x, y, x, y};
  if (chip_->multicasts(false)) {
    region.x1 = random.between(x, grid.columns - 1);
    region.y1 = random.between(y, grid.rows - 1);
  }
  if (random.chance(20)) return arch::Packet::to_entries(region, random.between(0, 60000));
  return arch::Packet::to_cores(region, random.between(0, 255), random.between(0, 60000));
}

void RandomCore::make_neurons(Random& random) {
  const arch::CoreDescription& core = chip_->core;
  const int dendrites = core.ternary_dendrites();
  std::vector<std::uint16_t> gather;
  for (int i = 0; i < dendrites; ++i) {
    const arch::GatherEntry entry{random.between(0, dendrites - 1),
                                  random.between(0, core.weight_planes - 1)};
    gather.push_back(entry.encode(core.weight_planes));
  }
  std::vector<std::int32_t> thresholds;
  for (int i = 0; i < core.max_thresholds(); ++i) {
    if (core.neuron == arch::Neuron::kStochastic) {
      thresholds.push_back(arch::threshold_of_probability(random.real(0.0F, 1.0F)));
    } else if (random.chance(10)) {
      thresholds.push_back(random.chance(50) ? arch::kAlwaysFires : arch::kNeverFires);
    } else {
      thresholds.push_back(random.between(-6, 8));
    }
  }
  std::vector<std::uint64_t> routes;
  for (int i = 0; i < core.route_entries; ++i) routes.push_back(route(random).bits());
  const auto place = [&random](int count, int size) { return random.between(0, size - count); };
  std::vector<std::uint64_t> words;
  int count = random.chance(5) ? 0 : random.between(1, core.max_neurons());
  std::optional<int> gathers;
  if (falls_behind_) {
    if (const auto neurons = neurons_of_long_tick(random)) std::tie(count, gathers) = *neurons;
  }
  // The entries after those in use hold neurons, too.
  for (int j = 0; j < core.max_neurons(); ++j) {
    arch::NeuronEntry neuron;
    neuron.gathers = gathers.value_or(std::min(skewed(random, 8), dendrites));
    neuron.first_gather = place(neuron.gathers, dendrites);
    neuron.thresholds = random.chance(60) ? core.thresholds_per_dendrite
                                          : random.between(0, core.thresholds_per_dendrite);
    neuron.first_threshold = place(neuron.thresholds, core.max_thresholds());
    neuron.routes = random.chance(60) ? 1 : random.between(0, std::min(4, core.route_entries));
    neuron.first_route = place(neuron.routes, core.route_entries);
    if (j < count) neurons_.push_back(neuron);
    for (const std::uint64_t word : neuron.encode()) words.push_back(word);
  }
  write_table(CoreRegion::kNeurons, words, writes_);
  write_table(CoreRegion::kGather, gather, writes_);
  write_table(CoreRegion::kThresholds, thresholds, writes_);
  write_table(CoreRegion::kRoutes, routes, writes_);
}

std::optional<arch::Packet> RandomCore::packet(Random& random) const {
  const arch::Region here{0, 0, 0, 0};
  if (!expansion_.empty() && random.chance(30)) {
    const arch::Packet list =
        arch::Packet::to_entries(here, random.between(0, static_cast<int>(expansion_.size()) - 1));
    int levels = 200;
    for (const arch::ExpansionEntry& entry : axons(list)) {
      levels = std::min(levels, groups_[to_size(entry.group)].axons - entry.axon);
    }
    return list.with_level(random.between(0, levels - 1));
  }
  if (groups_.empty()) return std::nullopt;
  const int group = random.between(0, static_cast<int>(groups_.size()) - 1);
  const int axon_count = groups_[to_size(group)].axons;
  if (axon_count == 0) return std::nullopt;
  return arch::Packet::to_cores(here, group, random.between(0, axon_count - 1));
}

std::optional<std::pair<int, int>> RandomCore::neurons_of_long_tick(Random& random) const {
  const arch::CoreDescription& core = chip_->core;
  const arch::CoreTiming& timing = core.timing;
  // After `ticks` ticks, the work of one begins in the cycle in which the next one starts.
  const int ticks = random.between(1, 4);
  const std::int64_t length = chip_->sync.tick_cycles;
  if (length % ticks != 0) return std::nullopt;
  const std::int64_t cycles = length + length / ticks;
  const int lanes = timing.neurons_per_cycle;
  for (int gathers = core.ternary_dendrites(); gathers >= 0; --gathers) {
    const int batch = gathers * timing.gather_cycles_per_group + timing.compare_cycles;
    const std::int64_t count = cycles / batch * lanes;
    if (cycles % batch == 0 && count <= core.max_neurons()) {
      return std::pair{static_cast<int>(count), gathers};
    }
  }
  return std::nullopt;
}

RandomCore::Broken RandomCore::break_neuron(Random& random) const {
  const arch::CoreDescription& core = chip_->core;
  const auto number = to_size(random.between(0, static_cast<int>(neurons_.size()) - 1));
  arch::NeuronEntry neuron = neurons_[number];
  switch (random.between(0, 3)) {
    case 0:
      neuron.first_gather = core.ternary_dendrites() - neuron.gathers + 1;
      break;
    case 1:
      neuron.first_threshold = core.max_thresholds() - neuron.thresholds + 1;
      break;
    case 2:
      neuron.first_threshold = 0;
      neuron.thresholds = core.thresholds_per_dendrite + 1;
      break;
    default:
      neuron.first_route = core.route_entries - neuron.routes + 1;
      break;
  }
  Broken broken{fault_code::kNeuron, {}};
  const std::array<std::uint64_t, 2> words = neuron.encode();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t offset = (number * words.size() + i) * arch::kBusWordBytes;
    broken.writes.push_back({CoreRegion::kNeurons, offset, words[i]});
  }
  return broken;
}

std::optional<RandomCore::Broken> RandomCore::break_tables(Random& random) const {
  const arch::CoreDescription& core = chip_->core;
  const auto any = [this](const auto& condition) {
    return std::any_of(neurons_.begin(), neurons_.end(), condition);
  };
  // Where sums may not fit, that can be found first.
  const bool sums_fit = core.potential_bits >= 16;
  const int dendrites = core.ternary_dendrites();
  switch (random.between(0, 5)) {
    case 0:
      return Broken{
          fault_code::kControl,
          {{CoreRegion::kControl, arch::core_control::kGroups,
            to_size(core.fan_in_groups) + 1 + (random.bits() >> random.between(1, 64) % 64)}}};
    case 1:
      return Broken{
          fault_code::kControl,
          {{CoreRegion::kControl, arch::core_control::kNeurons,
            to_size(core.max_neurons()) + 1 + (random.bits() >> random.between(1, 64) % 64)}}};
    case 2: {
      if (groups_.empty()) return std::nullopt;
      const auto number = to_size(random.between(0, static_cast<int>(groups_.size()) - 1));
      arch::GroupEntry group = groups_[number];
      if (random.chance(50)) {
        group.axons = core.axons + 1;
      } else {
        group.first_dendrite = dendrites - group.dendrites + 1;
      }
      return Broken{fault_code::kGroup,
                    {{CoreRegion::kGroups, number * arch::kBusWordBytes, group.encode()}}};
    }
    case 3:
      if (neurons_.empty() || !sums_fit) return std::nullopt;
      return break_neuron(random);
    case 4: {
      if (!sums_fit || !any([](const auto& neuron) { return neuron.gathers != 0; })) {
        return std::nullopt;
      }
      const arch::GatherEntry entry{dendrites, 0};
      Broken broken{fault_code::kGather, {}};
      write_table(CoreRegion::kGather,
                  std::vector<std::uint16_t>(to_size(dendrites), entry.encode(core.weight_planes)),
                  broken.writes);
      return broken;
    }
    default: {
      // All neurons fire all their levels. Either no packet can be sent, or none but those of level
      // 0.
      const bool level_0 = random.chance(50);
      const auto fails = [level_0](const auto& neuron) {
        return neuron.thresholds > (level_0 ? 1 : 0) && neuron.routes != 0;
      };
      if (!sums_fit || !any(fails)) return std::nullopt;
      const arch::Packet packet = level_0 ? packet_of_one_level(random) : packet_to_nobody(random);
      Broken broken{fault_code::kRoute, {}, !level_0};
      write_table(CoreRegion::kRoutes,
                  std::vector<std::uint64_t>(to_size(core.route_entries), packet.bits()),
                  broken.writes);
      write_table(CoreRegion::kThresholds,
                  std::vector<std::int32_t>(to_size(core.max_thresholds()), arch::kAlwaysFires),
                  broken.writes);
      return broken;
    }
  }
}

arch::Packet RandomCore::packet_to_nobody(Random& random) const {
  const arch::MeshDescription grid = chip_->grid();
  arch::Region region{0, 0, grid.columns, 0};
  if (random.chance(50)) region = {0, grid.rows, 0, grid.rows};
  if (!chip_->multicasts(false) && random.chance(50)) region = {0, 0, 1, 0};
  return arch::Packet::to_cores(region, 0, 0);
}

arch::Packet RandomCore::packet_of_one_level(Random& random) {
  const arch::Region region{0, 0, 0, 0};
  const auto most = [](const base::BitField& field) { return static_cast<int>(field.mask()); };
  switch (random.between(0, 2)) {
    case 0:
      return arch::Packet::to_host(most(arch::packet_field::kOutput));
    case 1:
      return arch::Packet::to_entries(region, 0).with_level(most(arch::packet_field::kLevel));
    default:
      return arch::Packet::to_cores(region, 0, most(arch::packet_field::kAxon));
  }
}

int RandomCore::entry_without_end(Random& random) const {
  return random.between(static_cast<int>(expansion_.size()), arch::Packet::kMaxAxons);
}

std::vector<arch::ExpansionEntry> RandomCore::axons(arch::Packet packet) const {
  if (!packet.expanded()) return {{packet.group(), packet.axon(), true}};
  std::vector<arch::ExpansionEntry> list;
  for (std::size_t i = to_size(packet.entry()); i < expansion_.size(); ++i) {
    list.push_back(expansion_[i]);
    list.back().axon += packet.level();
    if (expansion_[i].last) break;
  }
  return list;
}

}  // namespace spikeloom::rtl
