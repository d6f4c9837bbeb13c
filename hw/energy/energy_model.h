// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/chip_description.h"
#include "common/config_file.h"
#include "hw/energy/events.h"

namespace spikeloom::hw {

/// Where a coefficient comes from.
enum class Provenance { kPublished, kDerived, kCalibrated, kEstimated };

struct Coefficient {
  double value =
      0.0;  ///< joule (an event, a clock cycle) or watt (leakage), at the reference voltage
  Provenance provenance = Provenance::kEstimated;
  std::string source;
};

/// An energy file, validated: a coefficient for each event and static term.
struct EnergyDescription {
  std::string name;
  std::string technology;
  double reference_voltage_v = 0.0;
  Coefficient leakage_voltage_exponent;  ///< leakage power goes with (V/Vref) to this
  std::array<Coefficient, kEvents> events;
  std::array<Coefficient, kStaticTerms> statics;
};

/// Reads an energy file. A missing coefficient is an error. Throws UserError with every problem.
EnergyDescription load_energy(const std::string& path,
                              const std::vector<common::Override>& overrides = {});

/// Joule by Component.
class EnergyByComponent {
 public:
  double& operator[](Component component) { return joule_[static_cast<std::size_t>(component)]; }
  double operator[](Component component) const {
    return joule_[static_cast<std::size_t>(component)];
  }
  EnergyByComponent& operator+=(const EnergyByComponent& other);
  double total() const;

 private:
  std::array<double, kComponents> joule_{};
};

/// An energy file at a chip's voltage and clock.
class EnergyModel {
 public:
  EnergyModel(const EnergyDescription& description, const common::ChipDescription& chip);

  /// Energy of events: coefficients go with (V/Vref)^2.
  EnergyByComponent dynamic(const EventCounts& counts) const;
  /// Clock and leakage of `chips` chips themselves over `cycles`, cores left out.
  EnergyByComponent chips(double chips, double cycles) const;
  /// Clock and leakage of `cores` active or idle cores over `cycles`.
  EnergyByComponent cores(double cores, bool active, double cycles) const;

 private:
  double static_energy(StaticTerm term, double cycles) const;

  std::array<double, kEvents> event_joule_{};
  std::array<double, kStaticTerms> cycle_joule_{};
};

}  // namespace spikeloom::hw
