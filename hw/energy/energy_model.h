// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/energy/activity.h"
#include "spikeloom/hw/energy/energy_description.h"
#include "spikeloom/hw/energy/events.h"

namespace spikeloom::hw {

/// Energy in joules by Component.
class EnergyByComponent {
 public:
  double& operator[](Component component) { return joule_[static_cast<std::size_t>(component)]; }
  double operator[](Component component) const {
    return joule_[static_cast<std::size_t>(component)];
  }
  EnergyByComponent& operator+=(const EnergyByComponent& other);
  /// Returns the sum, added in the order of Component.
  double total() const;

 private:
  std::array<double, kComponents> joule_{};
};

/// The energies of a technology file at the voltage and clock of a chip.
class EnergyModel {
 public:
  EnergyModel(const EnergyDescription& description, const arch::ChipDescription& chip);

  /// Returns the energy per event in joules.
  double joule(Event event) const { return event_joule_[static_cast<std::size_t>(event)]; }
  /// Returns the energy per cycle of one chip or core in joules.
  double joule(StaticTerm term) const { return cycle_joule_[static_cast<std::size_t>(term)]; }
  EnergyByComponent energy(const Activity& activity) const;

 private:
  std::array<double, kEvents> event_joule_{};
  std::array<double, kStaticTerms> cycle_joule_{};
};

}  // namespace spikeloom::hw
