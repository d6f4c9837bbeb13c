// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/energy_model.h"

#include <numeric>

#include "spikeloom/hw/energy/area_model.h"
#include "spikeloom/hw/energy/core_memories.h"

namespace spikeloom::hw {
namespace {

/// Returns the number of bits that the event reads, writes, adds or moves on the chip.
double width(Event event, const arch::CoreDescription& core) {
  switch (event) {
    case Event::kAxonWrite:
    case Event::kScanWord:
      return core.timing.scan_axons_per_cycle;
    case Event::kExpansionWrite:
      return core.expansion.entry_bits;
    case Event::kRowWordRead:
      return static_cast<double>(core.stored_word_bits()) * arch::planes(core.synapse);
    case Event::kAccumulate:
    case Event::kThresholdCompare:
      return core.potential_bits;
    case Event::kGather:
      return core.potential_bits * (1.0 + core.shifter_stages());
    case Event::kRouteRead:
    case Event::kRouterTraversal:
    case Event::kLinkTransfer:
    case Event::kInterChipTransfer:
    case Event::kHostTransfer:
    case Event::kConfigWrite:
    case Event::kConfigRead:
      return arch::Packet::kBits;
  }
  return 0.0;
}

/// Returns the memories of a core, or nothing if the technology has no memory model.
std::optional<CoreMemories> core_memories(const EnergyDescription& description,
                                          const arch::CoreDescription& core) {
  if (!description.memory) return std::nullopt;
  return CoreMemories(*description.memory, description.area.register_bit.value, core);
}

/// Returns the energy of an event on this core at the reference voltage.
double event_joule(const EnergyDescription& description, Event event,
                   const arch::CoreDescription& core, const std::optional<CoreMemories>& memories) {
  const EventCoefficient& coefficient = description.events[static_cast<std::size_t>(event)];
  if (coefficient.energy.modelled()) return memories->joule(event);
  if (coefficient.bits == 0) return coefficient.energy.value;
  return coefficient.energy.value * width(event, core) / coefficient.bits;
}

/// Returns the leakage of a core in watts at the reference voltage: that of its memories, and for
/// the rest of its area as much as a cell has on the same area.
double core_leakage(const EnergyDescription& description, const arch::ChipDescription& chip,
                    const CoreMemories& memories) {
  const AreaModel area(description, chip);
  const double rest = (area.core() - area.core_memories()) * kSquareMicrometresPerSquareMillimetre;
  return memories.leakage() +
         rest * description.memory->cell_leakage.value / description.memory->cell_area.value;
}

/// Returns the factors of an idle core's clock energy and leakage.
std::array<double, 2> idle_factors(const EnergyDescription& description, arch::IdleCore gating) {
  const auto values = [](const GatingFactors& factors) {
    return std::array<double, 2>{factors.clock.value, factors.leakage.value};
  };
  switch (gating) {
    case arch::IdleCore::kNone:
      return {1.0, 1.0};
    case arch::IdleCore::kClockGated:
      return values(description.clock_gated);
    case arch::IdleCore::kPowerGated:
      return values(description.power_gated);
  }
  return {1.0, 1.0};
}

}  // namespace

EnergyByComponent& EnergyByComponent::operator+=(const EnergyByComponent& other) {
  for (std::size_t i = 0; i < kComponents; ++i) joule_[i] += other.joule_[i];
  return *this;
}

double EnergyByComponent::total() const {
  return std::accumulate(joule_.begin(), joule_.end(), 0.0);
}

EnergyModel::EnergyModel(const EnergyDescription& description, const arch::ChipDescription& chip) {
  const double dynamic = description.laws.dynamic_factor(chip.voltage_v);
  const double leakage = description.laws.leakage_factor(chip.voltage_v);
  const std::optional<CoreMemories> memories = core_memories(description, chip.core);
  for (std::size_t i = 0; i < kEvents; ++i) {
    event_joule_[i] =
        dynamic * event_joule(description, static_cast<Event>(i), chip.core, memories);
  }
  for (std::size_t i = 0; i < kStaticCoefficients; ++i) {
    const Coefficient& term = description.statics[i];
    const double value = term.modelled() ? core_leakage(description, chip, *memories) : term.value;
    cycle_joule_[i] = kStaticInfo[i].clocked ? value * dynamic : chip.seconds(value * leakage);
  }
  const auto [clock, leak] = idle_factors(description, chip.idle_core);
  const auto cycle_joule = [this](StaticTerm term) -> double& {
    return cycle_joule_[static_cast<std::size_t>(term)];
  };
  cycle_joule(StaticTerm::kIdleCoreClock) = clock * joule(StaticTerm::kCoreClock);
  cycle_joule(StaticTerm::kIdleCoreLeakage) = leak * joule(StaticTerm::kCoreLeakage);
}

EnergyByComponent EnergyModel::energy(const Activity& activity) const {
  EnergyByComponent energy;
  for (std::size_t i = 0; i < kEvents; ++i) {
    energy[kEventInfo[i].component] +=
        static_cast<double>(activity.events[static_cast<Event>(i)]) * event_joule_[i];
  }
  for (std::size_t i = 0; i < kStaticTerms; ++i) {
    energy[kStaticInfo[i].component] +=
        activity.cycles(static_cast<StaticTerm>(i)) * cycle_joule_[i];
  }
  return energy;
}

}  // namespace spikeloom::hw
