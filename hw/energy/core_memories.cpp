// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/core_memories.h"

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/base/ceil_div.h"

namespace spikeloom::hw {
namespace {

/// Returns the bits of a table entry.
constexpr std::int64_t entry_bits(std::uint64_t bytes) {
  return static_cast<std::int64_t>(8 * bytes);
}

}  // namespace

int memory_count(MemoryKind memory) { return memory == MemoryKind::kAxonBitmap ? 2 : 1; }

MemorySize memory_size(MemoryKind memory, const arch::CoreDescription& core) {
  switch (memory) {
    case MemoryKind::kCrossbar: {
      const bool of_axons = core.rows == arch::CrossbarRows::kAxons;
      const int rows = of_axons ? core.axons : core.dendrites;
      const int columns = of_axons ? core.dendrites : core.axons;
      return {std::int64_t{rows} * base::ceil_div(columns, core.timing.word_bits),
              std::int64_t{core.stored_word_bits()} * arch::planes(core.synapse)};
    }
    case MemoryKind::kAxonBitmap: {
      const int bits = core.timing.scan_axons_per_cycle;
      return {core.fan_in_groups * base::ceil_div(core.axons, bits), bits};
    }
    case MemoryKind::kExpansion:
      return {core.expansion.entries, core.expansion.entry_bits};
    case MemoryKind::kGroups:
      return {core.fan_in_groups, entry_bits(arch::GroupEntry::kBytes)};
    case MemoryKind::kNeurons:
      return {core.max_neurons(), entry_bits(arch::NeuronEntry::kBytes)};
    case MemoryKind::kGather:
      return {core.ternary_dendrites(), entry_bits(arch::GatherEntry::kBytes)};
    case MemoryKind::kThresholds:
      return {core.max_neurons(), entry_bits(arch::kThresholdBytes) * core.thresholds_per_dendrite};
    case MemoryKind::kRoutes:
      return {core.route_entries, arch::Packet::kBits};
  }
  return {0, 0};
}

CoreMemories::CoreMemories(const MemoryDescription& description, double register_um2,
                           const arch::CoreDescription& core)
    : config_bus_(description.config_bus.value) {
  for (const MemoryKind memory : base::all_values<MemoryKind>()) {
    models_.emplace_back(description, register_um2, memory_size(memory, core));
  }
}

double CoreMemories::leakage() const {
  double watt = 0.0;
  for (const MemoryKind memory : base::all_values<MemoryKind>()) {
    watt += memory_count(memory) * (*this)[memory].leakage();
  }
  return watt;
}

double CoreMemories::joule(Event event) const {
  const MemoryModel& routes = (*this)[MemoryKind::kRoutes];
  switch (event) {
    case Event::kAxonWrite:
      return (*this)[MemoryKind::kAxonBitmap].write(1);
    case Event::kExpansionWrite:
      return (*this)[MemoryKind::kExpansion].read();
    case Event::kScanWord:
      return (*this)[MemoryKind::kAxonBitmap].read();
    case Event::kRowWordRead:
      return (*this)[MemoryKind::kCrossbar].read();
    case Event::kRouteRead:
      return routes.read();
    case Event::kConfigWrite:
      return config_bus_ + routes.write(arch::Packet::kBits);
    case Event::kConfigRead:
      return config_bus_ + routes.read();
    case Event::kAccumulate:
    case Event::kGather:
    case Event::kThresholdCompare:
    case Event::kRouterTraversal:
    case Event::kLinkTransfer:
    case Event::kInterChipTransfer:
    case Event::kHostTransfer:
      return 0.0;
  }
  return 0.0;
}

}  // namespace spikeloom::hw
