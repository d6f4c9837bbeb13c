// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/packet.h"

namespace spikeloom::test {

struct Weight {
  int axon;
  int dendrite;  ///< ternary dendrite
  int value;     ///< -1, 0, +1
};

/// The tables of a core, and the register writes that load them.
struct CoreProgram {
  std::vector<arch::GroupEntry> groups;
  std::vector<arch::NeuronEntry> neurons;
  std::vector<std::uint16_t> gather;
  std::vector<std::int32_t> thresholds;
  std::vector<arch::Packet> routes;
  std::vector<Weight> weights;
  std::vector<arch::ExpansionEntry> expansion;
  bool enable = true;

  struct Write {
    arch::CoreRegion region;
    std::uint64_t offset;
    std::vector<std::uint8_t> data;  ///< whole bus words
  };

  std::vector<Write> writes(const arch::CoreDescription& core) const {
    std::vector<std::uint64_t> group_words, neuron_words, route_words;
    for (const arch::GroupEntry& group : groups) group_words.push_back(group.encode());
    for (const arch::NeuronEntry& neuron : neurons) {
      for (const std::uint64_t word : neuron.encode()) neuron_words.push_back(word);
    }
    for (const arch::Packet packet : routes) route_words.push_back(packet.bits());
    std::vector<Write> result;
    const auto add = [&](arch::CoreRegion region, std::uint64_t offset, const auto& values) {
      if (values.empty()) return;
      std::vector<std::uint8_t> data(values.size() * sizeof values[0]);
      std::memcpy(data.data(), values.data(), data.size());
      data.resize((data.size() + 7) / 8 * 8);
      result.push_back({region, offset, std::move(data)});
    };
    add(arch::CoreRegion::kGroups, 0, group_words);
    add(arch::CoreRegion::kNeurons, 0, neuron_words);
    add(arch::CoreRegion::kGather, 0, gather);
    add(arch::CoreRegion::kThresholds, 0, thresholds);
    add(arch::CoreRegion::kRoutes, 0, route_words);
    std::vector<std::uint32_t> entries;
    for (const arch::ExpansionEntry& entry : expansion) entries.push_back(entry.encode());
    add(arch::CoreRegion::kExpansion, 0, entries);
    const auto row_bytes = static_cast<std::size_t>(arch::plane_row_bytes(core));
    for (int axon = 0; axon < core.axons; ++axon) {
      std::vector<std::uint8_t> plus(row_bytes), minus(row_bytes);
      bool any = false;
      for (const Weight& weight : weights) {
        if (weight.axon != axon || weight.value == 0) continue;
        any = true;
        const bool ternary = core.synapse == arch::Synapse::kTernary;
        const int column = ternary ? weight.dendrite : 2 * weight.dendrite + (weight.value < 0);
        std::vector<std::uint8_t>& plane = ternary && weight.value < 0 ? minus : plus;
        plane[static_cast<std::size_t>(column / 8)] |= static_cast<std::uint8_t>(1 << column % 8);
      }
      if (!any) continue;
      const std::uint64_t offset = static_cast<std::uint64_t>(axon) * row_bytes;
      add(arch::CoreRegion::kPlusPlane, offset, plus);
      if (core.synapse == arch::Synapse::kTernary) {
        add(arch::CoreRegion::kMinusPlane, offset, minus);
      }
    }
    add(arch::CoreRegion::kControl, arch::core_control::kGroups,
        std::vector<std::uint64_t>{groups.size(), neurons.size()});
    add(arch::CoreRegion::kControl, arch::core_control::kEnable,
        std::vector<std::uint64_t>{enable ? 1U : 0U});
    return result;
  }
};

}  // namespace spikeloom::test
