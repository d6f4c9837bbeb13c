// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/area_model.h"

#include <numeric>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/hw/energy/core_memories.h"

namespace spikeloom::hw {
namespace {

using arch::CoreRegion;

/// Returns the number of bits in memory regions of a core.
template <typename... Regions>
double bits(const arch::CoreDescription& core, Regions... regions) {
  return 8.0 * static_cast<double>((arch::region_bytes(core, regions) + ...));
}

/// Returns the number of bits that a core adds or compares in a cycle: in the lanes of the
/// crossbar, and for gathering and thresholds.
double adder_bits(const arch::CoreDescription& core) {
  const int neuron_unit = 1 + core.thresholds_per_dendrite;
  return double(core.potential_bits) *
         (core.timing.word_bits + core.timing.neurons_per_cycle * neuron_unit);
}

/// Inputs of the multiplexers that shift gathered dendrites: two for each bit of a stage.
double shifter_crosspoints(const arch::CoreDescription& core) {
  return 2.0 * core.shifter_stages() * core.potential_bits * core.timing.neurons_per_cycle;
}

/// The routers of a board, without the host's port, which only one router has.
struct Routers {
  double count;
  double inputs;   ///< of each router
  double outputs;  ///< of each router
};

Routers routers(const arch::ChipDescription& chip) {
  return arch::with_topology(chip, [](const auto& topology) -> Routers {
    return {static_cast<double>(topology.routers()), topology.kInputs - 1.0, topology.kPorts - 1.0};
  });
}

}  // namespace

AreaModel::AreaModel(const EnergyDescription& technology, const arch::ChipDescription& chip)
    : cores_(chip.mesh.cores()) {
  const AreaDescription& description = technology.area;
  const arch::CoreDescription& core = chip.core;
  if (description.sram_bit.modelled()) {
    add_modelled_memories(CoreMemories(*technology.memory, description.register_bit.value, core));
  } else {
    add_memories(description.sram_bit.value, core);
  }
  const double flip_flop =
      description.register_bit.value * cores_ / kSquareMicrometresPerSquareMillimetre;
  at(AreaPart::kAccumulators) = flip_flop * double(core.ternary_dendrites()) * core.potential_bits;
  at(AreaPart::kAdders) = (description.adder_bit.value * adder_bits(core) +
                           description.crosspoint_bit.value * shifter_crosspoints(core)) *
                          cores_ / kSquareMicrometresPerSquareMillimetre;
  const Routers routers = hw::routers(chip);
  const double inputs = routers.count / chip.grid().cores() * routers.inputs;  // per core
  at(AreaPart::kRouterFifos) = flip_flop * inputs * chip.router.fifo_depth * arch::Packet::kBits;
  at(AreaPart::kRouterCrossbars) = description.crosspoint_bit.value * cores_ * inputs *
                                   routers.outputs * chip.router.flit_bits /
                                   kSquareMicrometresPerSquareMillimetre;
  at(AreaPart::kLogic) = description.logic_share.value * this->chip();
  at(AreaPart::kChip) = description.chip_share.value * this->chip();
}

void AreaModel::add_memories(double bit_um2, const arch::CoreDescription& core) {
  const double sram = bit_um2 * cores_ / kSquareMicrometresPerSquareMillimetre;
  at(AreaPart::kCrossbars) = sram * bits(core, CoreRegion::kPlusPlane, CoreRegion::kMinusPlane) *
                             core.stored_word_bits() / core.timing.word_bits;
  at(AreaPart::kAxonBuffers) = sram * 2.0 * core.fan_in_groups * core.axons;
  at(AreaPart::kAxonExpansion) = sram * double(core.expansion.entries) * core.expansion.entry_bits;
  at(AreaPart::kTables) = sram * bits(core, CoreRegion::kGroups, CoreRegion::kNeurons,
                                      CoreRegion::kGather, CoreRegion::kThresholds);
  at(AreaPart::kRoutingTables) = sram * bits(core, CoreRegion::kRoutes);
}

void AreaModel::add_modelled_memories(const CoreMemories& memories) {
  const auto area = [&](MemoryKind memory) {
    return memories.area(memory) * cores_ / kSquareMicrometresPerSquareMillimetre;
  };
  at(AreaPart::kCrossbars) = area(MemoryKind::kCrossbar);
  at(AreaPart::kAxonBuffers) = area(MemoryKind::kAxonBitmap);
  at(AreaPart::kAxonExpansion) = area(MemoryKind::kExpansion);
  at(AreaPart::kTables) = area(MemoryKind::kGroups) + area(MemoryKind::kNeurons) +
                          area(MemoryKind::kGather) + area(MemoryKind::kThresholds);
  at(AreaPart::kRoutingTables) = area(MemoryKind::kRoutes);
}

double AreaModel::chip() const { return std::accumulate(parts_.begin(), parts_.end(), 0.0); }

double AreaModel::core() const { return (chip() - part(AreaPart::kChip)) / cores_; }

double AreaModel::core_memories() const {
  return (part(AreaPart::kCrossbars) + part(AreaPart::kAxonBuffers) +
          part(AreaPart::kAxonExpansion) + part(AreaPart::kTables) +
          part(AreaPart::kRoutingTables)) /
         cores_;
}

}  // namespace spikeloom::hw
