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
enum class CoreMemory : std::uint8_t {
  kCrossbar,    ///< synapses of all planes: a word is what is read at once
  kAxonBitmap,  ///< axons of all groups; a core has two
  kExpansion,
  kGroups,
  kNeurons,
  kGather,
  kThresholds,  ///< a word holds all thresholds of a neuron
  kRoutes,
};
constexpr std::string_view name(CoreMemory value) {
  switch (value) {
    case CoreMemory::kCrossbar:
      return "crossbar";
    case CoreMemory::kAxonBitmap:
      return "axon_bitmap";
    case CoreMemory::kExpansion:
      return "expansion";
    case CoreMemory::kGroups:
      return "groups";
    case CoreMemory::kNeurons:
      return "neurons";
    case CoreMemory::kGather:
      return "gather";
    case CoreMemory::kThresholds:
      return "thresholds";
    case CoreMemory::kRoutes:
      return "routes";
  }
  return {};
}

/// Returns how many memories of this kind a core has.
int memory_count(CoreMemory memory);
MemorySize memory_size(CoreMemory memory, const arch::CoreDescription& core);

/// The memories of one core in a technology, at its reference voltage.
class CoreMemories {
 public:
  /// `register_um2` is the area of a flip-flop.
  CoreMemories(const MemoryDescription& description, double register_um2,
               const arch::CoreDescription& core);

  const MemoryModel& operator[](CoreMemory memory) const {
    return models_[static_cast<std::size_t>(memory)];
  }
  /// Returns the area of all memories of this kind, in square micrometres.
  double area(CoreMemory memory) const { return memory_count(memory) * (*this)[memory].area(); }
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
