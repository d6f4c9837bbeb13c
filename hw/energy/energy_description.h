// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "spikeloom/base/config_file.h"
#include "spikeloom/hw/energy/area_description.h"
#include "spikeloom/hw/energy/coefficient.h"
#include "spikeloom/hw/energy/events.h"
#include "spikeloom/hw/energy/voltage_laws.h"

namespace spikeloom::hw {

/// An event's energy, and the width that it is for: it goes with the width that the chip has.
struct EventCoefficient {
  Coefficient energy;  ///< joule
  int bits = 0;
};

/// What is left of an idle core's clock energy and leakage.
struct GatingFactors {
  Coefficient clock;
  Coefficient leakage;
};

/// A technology file, validated: a coefficient for each event and static term, at the reference
/// voltage, how they follow the voltage, and areas.
struct EnergyDescription {
  std::string name;
  std::string technology;
  VoltageLaws laws;
  std::array<EventCoefficient, kEvents> events;
  std::array<Coefficient, kStaticCoefficients> statics;  ///< joule a clock cycle, or watt (leakage)
  GatingFactors clock_gated;
  GatingFactors power_gated;
  AreaDescription area;
};

/// Reads a technology file. A missing coefficient is an error. Throws UserError with every problem.
EnergyDescription load_energy(const std::string& path,
                              const std::vector<base::Override>& overrides = {});

}  // namespace spikeloom::hw
