// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/emit/core_image.h"

#include <algorithm>
#include <cstring>

namespace spikeloom::mapper {

using arch::CoreRegion;

namespace {

/// Appends the low `count` bytes of `value`, little-endian.
void append(std::vector<std::uint8_t>& bytes, std::uint64_t value, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i) & 0xff));
  }
}

void set_bits(std::vector<std::uint8_t>& plane, std::uint64_t row_bytes, int first_row, int rows,
              int column) {
  const auto bit = static_cast<std::uint8_t>(1U << (column % 8));
  std::uint8_t* byte = &plane[static_cast<std::uint64_t>(first_row) * row_bytes +
                              static_cast<std::uint64_t>(column) / 8];
  for (int row = 0; row < rows; ++row, byte += row_bytes) *byte |= bit;
}

}  // namespace

CoreImage::CoreImage(const arch::CoreDescription& core)
    : core_(core),
      row_bytes_(arch::plane_row_bytes(core)),
      plus_(arch::region_bytes(core, CoreRegion::kPlusPlane)),
      minus_(arch::region_bytes(core, CoreRegion::kMinusPlane)),
      expansion_table_(arch::region_bytes(core, CoreRegion::kExpansion)) {}

void CoreImage::set_expansion(int entry, const arch::ExpansionEntry& place) {
  const std::uint32_t word = place.encode();
  std::memcpy(&expansion_table_[static_cast<std::size_t>(entry) * arch::ExpansionEntry::kBytes],
              &word, sizeof word);
}

void CoreImage::set_random(const arch::RandomStart& start) {
  random_.clear();
  append(random_, start.seed, sizeof start.seed);
  append(random_, start.tick, sizeof start.tick);
}

void CoreImage::add_group(const arch::GroupEntry& group) {
  append(group_table_, group.encode(), arch::GroupEntry::kBytes);
  ++groups_;
}

void CoreImage::set_synapses(int first_row, int rows, int dendrite, int weight) {
  switch (core_.synapse) {
    case arch::Synapse::kTernary:
      set_bits(weight > 0 ? plus_ : minus_, row_bytes_, first_row, rows, dendrite);
      break;
    case arch::Synapse::kBinaryPair:
      set_bits(plus_, row_bytes_, first_row, rows, 2 * dendrite + (weight > 0 ? 0 : 1));
      break;
  }
}

void CoreImage::add_neuron(const std::vector<arch::GatherEntry>& gathers,
                           const std::vector<std::int32_t>& thresholds,
                           const std::vector<arch::Packet>& routes) {
  arch::NeuronEntry entry;
  entry.first_gather = gathers_;
  entry.gathers = static_cast<int>(gathers.size());
  entry.first_threshold = thresholds_;
  entry.thresholds = static_cast<int>(thresholds.size());
  entry.first_route = routes_;
  entry.routes = static_cast<int>(routes.size());
  for (const std::uint64_t word : entry.encode()) append(neuron_table_, word, sizeof word);
  for (const arch::GatherEntry& gather : gathers) {
    append(gather_table_, gather.encode(core_.weight_planes), arch::GatherEntry::kBytes);
  }
  for (const std::int32_t threshold : thresholds) {
    append(threshold_table_, static_cast<std::uint32_t>(threshold), arch::kThresholdBytes);
  }
  for (const arch::Packet& packet : routes) {
    append(route_table_, packet.bits(), arch::kRouteBytes);
  }
  ++neurons_;
  gathers_ += entry.gathers;
  thresholds_ += entry.thresholds;
  routes_ += entry.routes;
}

void CoreImage::append_region(const arch::CoreLocation& core, CoreRegion region, const Bytes& bytes,
                              const arch::BusDescription& bus,
                              std::vector<arch::Transaction>& transactions) const {
  const auto word_bytes = static_cast<std::size_t>(arch::kBusWordBytes);
  // Memories are zero after reset. A gap that takes less time than a new access is written as well.
  const auto max_gap =
      static_cast<std::size_t>(bus.latency_cycles) * static_cast<std::size_t>(bus.bytes_per_cycle);
  const auto max_burst = static_cast<std::size_t>(bus.max_burst_bytes);
  const auto has_content = [&](std::size_t offset) {
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
    const auto end =
        bytes.begin() + static_cast<std::ptrdiff_t>(std::min(offset + word_bytes, bytes.size()));
    return std::any_of(first, end, [](std::uint8_t byte) { return byte != 0; });
  };
  std::size_t begin = 0;
  while (begin < bytes.size()) {
    if (!has_content(begin)) {
      begin += word_bytes;
      continue;
    }
    std::size_t end = begin + word_bytes;
    for (std::size_t next = end; next < bytes.size() && next - end <= max_gap; next += word_bytes) {
      if (next + word_bytes - begin > max_burst) break;
      if (has_content(next)) end = next + word_bytes;
    }
    arch::Transaction transaction;
    transaction.address = arch::core_address(core.unit, region, begin, core.chip);
    transaction.data.assign(
        bytes.begin() + static_cast<std::ptrdiff_t>(begin),
        bytes.begin() + static_cast<std::ptrdiff_t>(std::min(end, bytes.size())));
    transaction.data.resize(end - begin);
    transactions.push_back(std::move(transaction));
    begin = end;
  }
}

void CoreImage::append_transactions(const arch::CoreLocation& core, const arch::BusDescription& bus,
                                    std::vector<arch::Transaction>& transactions) const {
  append_region(core, CoreRegion::kPlusPlane, plus_, bus, transactions);
  append_region(core, CoreRegion::kMinusPlane, minus_, bus, transactions);
  append_region(core, CoreRegion::kGroups, group_table_, bus, transactions);
  append_region(core, CoreRegion::kNeurons, neuron_table_, bus, transactions);
  append_region(core, CoreRegion::kGather, gather_table_, bus, transactions);
  append_region(core, CoreRegion::kThresholds, threshold_table_, bus, transactions);
  append_region(core, CoreRegion::kRoutes, route_table_, bus, transactions);
  append_region(core, CoreRegion::kExpansion, expansion_table_, bus, transactions);
  append_region(core, CoreRegion::kRandom, random_, bus, transactions);
  const auto write_register = [&](std::uint64_t offset, int value) {
    arch::Transaction transaction;
    transaction.address = arch::core_address(core.unit, CoreRegion::kControl, offset, core.chip);
    append(transaction.data, static_cast<std::uint64_t>(value), arch::kBusWordBytes);
    transactions.push_back(std::move(transaction));
  };
  write_register(arch::core_control::kGroups, groups_);
  write_register(arch::core_control::kNeurons, neurons_);
  write_register(arch::core_control::kEnable, 1);
}

}  // namespace spikeloom::mapper
