// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/emit/core_image.h"

#include <algorithm>
#include <cstring>

namespace spikeloom::mapper {

using arch::CoreRegion;

namespace {

constexpr unsigned kPlaneWordBits = 64;

/// Appends the low `count` bytes of `value`, little-endian.
void append(std::vector<std::uint8_t>& bytes, std::uint64_t value, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i) & 0xff));
  }
}

/// Returns the bits of the lower half of a word, each followed by a 0.
std::uint64_t spread(std::uint64_t half) {
  half &= 0x00000000ffffffff;
  half = (half | half << 16) & 0x0000ffff0000ffff;
  half = (half | half << 8) & 0x00ff00ff00ff00ff;
  half = (half | half << 4) & 0x0f0f0f0f0f0f0f0f;
  half = (half | half << 2) & 0x3333333333333333;
  return (half | half << 1) & 0x5555555555555555;
}

/// Appends burst writes of all nonzero words of a region, whole words, to the transactions.
class RegionWriter {
 public:
  RegionWriter(const arch::CoreLocation& core, const arch::BusDescription& bus,
               arch::PayloadPool& pool, std::vector<arch::Transaction>& transactions)
      : core_(core),
        // Memories are zero after reset. A gap that takes less time than a new access is written
        // as well.
        max_gap_(static_cast<std::size_t>(bus.latency_cycles) *
                 static_cast<std::size_t>(bus.bytes_per_cycle) / kWordBytes),
        max_burst_(static_cast<std::size_t>(bus.max_burst_bytes) / kWordBytes),
        pool_(pool),
        transactions_(transactions) {}

  void append(CoreRegion region, const std::vector<std::uint64_t>& memory) {
    const std::size_t size = memory.size();
    std::size_t begin = 0;
    while (begin < size) {
      if (memory[begin] == 0) {
        ++begin;
        continue;
      }
      std::size_t end = begin + 1;
      for (std::size_t next = end; next < size && next - end <= max_gap_; ++next) {
        if (next + 1 - begin > max_burst_) break;
        if (memory[next] != 0) end = next + 1;
      }
      append_burst(region, begin, &memory[begin], end - begin);
      begin = end;
    }
  }
  void append(CoreRegion region, const std::vector<std::uint8_t>& table) {
    const std::size_t rest = table.size() % kWordBytes != 0 ? 1 : 0;
    std::vector<std::uint64_t> memory(table.size() / kWordBytes + rest);
    if (!table.empty()) std::memcpy(memory.data(), table.data(), table.size());
    append(region, memory);
  }
  void append_burst(CoreRegion region, std::size_t word, const std::uint64_t* data,
                    std::size_t count) {
    transactions_.push_back(
        {arch::core_address(core_.unit, region, word * kWordBytes, core_.chip),
         pool_.make(reinterpret_cast<const std::uint8_t*>(data), count * kWordBytes)});
  }

 private:
  static constexpr std::size_t kWordBytes = arch::kBusWordBytes;

  const arch::CoreLocation& core_;
  std::size_t max_gap_;    ///< in words
  std::size_t max_burst_;  ///< in words
  arch::PayloadPool& pool_;
  std::vector<arch::Transaction>& transactions_;
};

}  // namespace

CoreImage::CoreImage(const arch::CoreDescription& core)
    : core_(core),
      row_words_(arch::plane_row_bytes(core) / arch::kBusWordBytes),
      plus_(arch::region_bytes(core, CoreRegion::kPlusPlane) / arch::kBusWordBytes),
      minus_(arch::region_bytes(core, CoreRegion::kMinusPlane) / arch::kBusWordBytes),
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
  const std::uint64_t plus = weight > 0 ? 1 : 0;
  const std::uint64_t minus = weight > 0 ? 0 : 1;
  set_synapses(first_row, rows, dendrite, {&plus, &minus, 1});
}

void CoreImage::set_synapses(int first_row, int rows, int first_dendrite,
                             const DendriteBits& bits) {
  switch (core_.synapse) {
    case arch::Synapse::kTernary:
      set_columns(plus_, first_row, rows, first_dendrite, bits.plus, bits.words);
      set_columns(minus_, first_row, rows, first_dendrite, bits.minus, bits.words);
      break;
    case arch::Synapse::kBinaryPair:
      pairs_.clear();
      for (std::size_t i = 0; i < bits.words; ++i) {
        for (const unsigned half : {0U, kPlaneWordBits / 2}) {
          pairs_.push_back(spread(bits.plus[i] >> half) | spread(bits.minus[i] >> half) << 1);
        }
      }
      set_columns(plus_, first_row, rows, 2 * first_dendrite, pairs_.data(), pairs_.size());
      break;
  }
}

void CoreImage::set_columns(Plane& plane, int first_row, int rows, int column,
                            const std::uint64_t* bits, std::size_t words) const {
  const unsigned shift = static_cast<unsigned>(column) % kPlaneWordBits;
  std::uint64_t* row = &plane[static_cast<std::size_t>(first_row) * row_words_ +
                              static_cast<std::size_t>(column) / kPlaneWordBits];
  for (int i = 0; i < rows; ++i, row += row_words_) {
    for (std::size_t word = 0; word < words; ++word) {
      // There may be zeros beyond the last column, where there is no word.
      if (bits[word] == 0) continue;
      row[word] |= bits[word] << shift;
      const std::uint64_t rest = bits[word] >> 1 >> (kPlaneWordBits - 1 - shift);
      if (rest != 0) row[word + 1] |= rest;
    }
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

void CoreImage::append_transactions(const arch::CoreLocation& core, const arch::BusDescription& bus,
                                    arch::PayloadPool& pool,
                                    std::vector<arch::Transaction>& transactions) const {
  RegionWriter writer(core, bus, pool, transactions);
  writer.append(CoreRegion::kPlusPlane, plus_);
  writer.append(CoreRegion::kMinusPlane, minus_);
  writer.append(CoreRegion::kGroups, group_table_);
  writer.append(CoreRegion::kNeurons, neuron_table_);
  writer.append(CoreRegion::kGather, gather_table_);
  writer.append(CoreRegion::kThresholds, threshold_table_);
  writer.append(CoreRegion::kRoutes, route_table_);
  writer.append(CoreRegion::kExpansion, expansion_table_);
  writer.append(CoreRegion::kRandom, random_);
  const auto write_register = [&](std::uint64_t offset, int value) {
    const auto word = static_cast<std::uint64_t>(value);
    writer.append_burst(CoreRegion::kControl, offset / arch::kBusWordBytes, &word, 1);
  };
  write_register(arch::core_control::kGroups, groups_);
  write_register(arch::core_control::kNeurons, neurons_);
  write_register(arch::core_control::kEnable, 1);
}

}  // namespace spikeloom::mapper
