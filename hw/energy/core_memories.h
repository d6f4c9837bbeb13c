// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/base/enum_names.h"
#include "spikeloom/hw/energy/events.h"
#include "spikeloom/hw/energy/memory_model.h"

namespace spikeloom::hw {

/// The memories of a core.
enum class MemoryKind : std::uint8_t {
  kCrossbar,    ///< synapses of all planes: a word is what is read at once
  kAxonBitmap,  ///< axons of all groups; a core has two
  kExpansion,
  kGroups,
  kNeurons,
  kGather,
  kThresholds,  ///< a word holds all thresholds of a neuron
  kRoutes,
};
constexpr std::string_view name(MemoryKind value) {
  switch (value) {
    case MemoryKind::kCrossbar:
      return "crossbar";
    case MemoryKind::kAxonBitmap:
      return "axon_bitmap";
    case MemoryKind::kExpansion:
      return "expansion";
    case MemoryKind::kGroups:
      return "groups";
    case MemoryKind::kNeurons:
      return "neurons";
    case MemoryKind::kGather:
      return "gather";
    case MemoryKind::kThresholds:
      return "thresholds";
    case MemoryKind::kRoutes:
      return "routes";
  }
  return {};
}

/// Returns how many memories of this kind a core has.
int memory_count(MemoryKind memory);
MemorySize memory_size(MemoryKind memory, const arch::CoreDescription& core);

/// The memories of one core in a technology, at its reference voltage.
class CoreMemories {
 public:
  /// `register_um2` is the area of a flip-flop.
  CoreMemories(const MemoryDescription& description, double register_um2,
               const arch::CoreDescription& core);

  const MemoryModel& operator[](MemoryKind memory) const {
    return models_[static_cast<std::size_t>(memory)];
  }
  /// Returns the area of all memories of this kind, in square micrometres.
  double area(MemoryKind memory) const { return memory_count(memory) * (*this)[memory].area(); }
  /// Returns the leakage of all memories of a core, in watts.
  double leakage() const;
  /// Returns the energy in joules of an event that is an access to a memory (EventInfo::modelled),
  /// 0 for others.
  double joule(Event event) const;

 private:
  double config_bus_;  ///< in joules per word
  std::vector<MemoryModel> models_;
};

}  // namespace spikeloom::hw
