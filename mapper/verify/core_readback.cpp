// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/verify/core_readback.h"

#include <algorithm>
#include <bitset>
#include <cstring>

#include <fmt/format.h>

namespace spikeloom::mapper {

using arch::CoreRegion;

CoreReadback::CoreReadback(const arch::CoreDescription& core)
    : core_(core), row_bytes_(arch::plane_row_bytes(core)), group_of_(at(core.dendrites), -1) {
  for (const arch::CoreRegionInfo& info : arch::kCoreRegions) {
    memories_.emplace_back(arch::region_bytes(core, info.region));
  }
}

const std::vector<std::uint8_t>& CoreReadback::memory(CoreRegion region) const {
  return memories_[static_cast<std::size_t>(region)];
}

template <typename T>
T CoreReadback::value(CoreRegion region, std::uint64_t offset) const {
  T result{};
  std::memcpy(&result, memory(region).data() + offset, sizeof result);
  return result;
}

void CoreReadback::write(const arch::BusAddress& address, const arch::Payload& data,
                         const arch::BusDescription& bus, const Finding& finding) {
  const auto region = at(address.region);
  if (region >= memories_.size() || !arch::kCoreRegions[region].writable) {
    finding(fmt::format("a write to region {}, which is not writable", address.region));
    return;
  }
  std::vector<std::uint8_t>& bytes = memories_[region];
  const std::string_view name = arch::name(arch::kCoreRegions[region].region);
  if (address.offset % arch::kBusWordBytes != 0 || data.size() % arch::kBusWordBytes != 0) {
    finding(fmt::format("a write to {} is not a whole number of bus words", name));
  }
  if (data.empty() || data.size() > static_cast<std::size_t>(bus.max_burst_bytes)) {
    finding(fmt::format("a burst of {} bytes to {}, allowed 1..{}", data.size(), name,
                        bus.max_burst_bytes));
  }
  if (address.offset > bytes.size() || data.size() > bytes.size() - address.offset) {
    finding(fmt::format("a write beyond the {} bytes of {}", bytes.size(), name));
    return;
  }
  std::copy(data.begin(), data.end(), bytes.begin() + static_cast<std::ptrdiff_t>(address.offset));
}

void CoreReadback::decode(const Finding& finding) {
  const auto control = [&](std::uint64_t offset, int max, const char* what) {
    const auto count = value<std::uint64_t>(CoreRegion::kControl, offset);
    if (count > static_cast<std::uint64_t>(max)) {
      finding(fmt::format("the control register sets {} {}, allowed 0..{}", count, what, max));
      return 0;
    }
    return static_cast<int>(count);
  };
  enabled_ = value<std::uint64_t>(CoreRegion::kControl, arch::core_control::kEnable) == 1;
  if (!enabled_) finding("it is written but not enabled");
  decode_groups(control(arch::core_control::kGroups, core_.fan_in_groups, "groups"), finding);
  decode_neurons(control(arch::core_control::kNeurons, core_.max_neurons(), "neurons"), finding);
}

void CoreReadback::decode_groups(int count, const Finding& finding) {
  for (int g = 0; g < count; ++g) {
    const auto group = arch::GroupEntry::decode(value<std::uint64_t>(
        CoreRegion::kGroups, static_cast<std::uint64_t>(g) * arch::GroupEntry::kBytes));
    if (group.axons > core_.axons ||
        group.first_dendrite + group.dendrites > core_.ternary_dendrites()) {
      finding(fmt::format("group {} lies outside the crossbar", g));
      groups_.emplace_back();
      continue;
    }
    for (int d = group.first_dendrite; d < group.first_dendrite + group.dendrites; ++d) {
      if (group_of_[at(d)] >= 0) finding(fmt::format("dendrite {} is in two groups", d));
      group_of_[at(d)] = g;
    }
    groups_.push_back(group);
  }
}

void CoreReadback::decode_neurons(int count, const Finding& finding) {
  std::vector<bool> taken(at(core_.ternary_dendrites()));
  for (int n = 0; n < count; ++n) {
    const std::uint64_t offset = static_cast<std::uint64_t>(n) * arch::NeuronEntry::kBytes;
    arch::NeuronEntry neuron =
        arch::NeuronEntry::decode(value<std::uint64_t>(CoreRegion::kNeurons, offset),
                                  value<std::uint64_t>(CoreRegion::kNeurons, offset + 8));
    if (neuron.first_gather + neuron.gathers > core_.ternary_dendrites() ||
        neuron.first_threshold + neuron.thresholds > core_.max_thresholds() ||
        neuron.first_route + neuron.routes > core_.route_entries ||
        neuron.thresholds > core_.thresholds_per_dendrite || neuron.thresholds == 0) {
      finding(fmt::format("neuron {} refers to entries outside its tables", n));
      neuron = {};
    }
    for (int i = 0; i < neuron.gathers; ++i) {
      const auto [dendrite, shift] = gathered(neuron, i);
      if (shift >= core_.weight_planes) {
        finding(fmt::format("neuron {} shifts dendrite {} by {}, allowed 0..{} (weight_planes: {})",
                            n, dendrite, shift, core_.weight_planes - 1, core_.weight_planes));
      }
      if (dendrite >= core_.ternary_dendrites() || group_of_[at(dendrite)] < 0) {
        finding(fmt::format("neuron {} gathers dendrite {}, which no group drives", n, dendrite));
        neuron.gathers = i;
      } else if (taken[at(dendrite)]) {
        finding(fmt::format("dendrite {} is gathered twice", dendrite));
      } else {
        taken[at(dendrite)] = true;
      }
    }
    neurons_.push_back(neuron);
  }
}

arch::GatherEntry CoreReadback::gathered(const arch::NeuronEntry& neuron, int i) const {
  const std::uint64_t number = static_cast<std::uint64_t>(neuron.first_gather + i);
  return arch::GatherEntry::decode(
      value<std::uint16_t>(CoreRegion::kGather, number * arch::GatherEntry::kBytes),
      core_.weight_planes);
}

std::int32_t CoreReadback::threshold(const arch::NeuronEntry& neuron, int i) const {
  return value<std::int32_t>(
      CoreRegion::kThresholds,
      static_cast<std::uint64_t>(neuron.first_threshold + i) * arch::kThresholdBytes);
}

arch::Packet CoreReadback::route(const arch::NeuronEntry& neuron, int i) const {
  return arch::Packet(value<std::uint64_t>(
      CoreRegion::kRoutes, static_cast<std::uint64_t>(neuron.first_route + i) * arch::kRouteBytes));
}

arch::ExpansionEntry CoreReadback::expansion(int entry) const {
  return arch::ExpansionEntry::decode(value<std::uint32_t>(
      CoreRegion::kExpansion, static_cast<std::uint64_t>(entry) * arch::ExpansionEntry::kBytes));
}

bool CoreReadback::expand(int entry, std::vector<arch::ExpansionEntry>& places) const {
  for (; entry < core_.expansion.entries; ++entry) {
    places.push_back(expansion(entry));
    if (places.back().last) return true;
  }
  return false;
}

bool CoreReadback::bit(CoreRegion plane, int row, int column) const {
  const std::uint64_t byte =
      static_cast<std::uint64_t>(row) * row_bytes_ + static_cast<std::uint64_t>(column) / 8;
  return (memory(plane)[byte] >> (column % 8) & 1) != 0;
}

int CoreReadback::weight(int row, int dendrite) const {
  bool plus = false;
  bool minus = false;
  switch (core_.synapse) {
    case arch::Synapse::kTernary:
      plus = bit(CoreRegion::kPlusPlane, row, dendrite);
      minus = bit(CoreRegion::kMinusPlane, row, dendrite);
      break;
    case arch::Synapse::kBinaryPair:
      plus = bit(CoreRegion::kPlusPlane, row, 2 * dendrite);
      minus = bit(CoreRegion::kPlusPlane, row, 2 * dendrite + 1);
      break;
  }
  if (plus && minus) return 2;
  return (plus ? 1 : 0) - (minus ? 1 : 0);
}

std::uint64_t CoreReadback::synapses() const {
  std::uint64_t sum = 0;
  for (const CoreRegion plane : {CoreRegion::kPlusPlane, CoreRegion::kMinusPlane}) {
    const std::uint64_t words = memory(plane).size() / sizeof(std::uint64_t);
    for (std::uint64_t word = 0; word < words; ++word) {
      sum += std::bitset<64>(value<std::uint64_t>(plane, word * sizeof(std::uint64_t))).count();
    }
  }
  return sum;
}

}  // namespace spikeloom::mapper
