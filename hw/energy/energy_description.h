// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/base/config_file.h"
#include "spikeloom/hw/energy/area_description.h"
#include "spikeloom/hw/energy/coefficient.h"
#include "spikeloom/hw/energy/events.h"
#include "spikeloom/hw/energy/memory_description.h"
#include "spikeloom/hw/energy/voltage_laws.h"

namespace spikeloom::hw {

/// The energy of an event, and the width in bits for which it is given. The energy is proportional
/// to the width, which the chip determines. Where the energy is modelled, the width is 0; where an
/// override sets the energy alone, too: it is then that of the chip at hand.
struct EventCoefficient {
  Coefficient energy;  ///< in joules
  int bits = 0;
};

/// Fractions of the clock energy and the leakage of a core that remain when it is idle.
struct GatingFactors {
  Coefficient clock;
  Coefficient leakage;
};

/// A validated technology file: a coefficient at the reference voltage for each event and static
/// term, their dependence on the voltage, and areas.
struct EnergyDescription {
  std::string name;
  std::string technology;
  VoltageLaws laws;
  std::array<EventCoefficient, kEvents> events;
  /// In joules per clock cycle, or in watts for leakage.
  std::array<Coefficient, kStaticCoefficients> statics;
  GatingFactors clock_gated;
  GatingFactors power_gated;
  AreaDescription area;
  std::optional<MemoryDescription> memory;  ///< there if any coefficient is modelled
};

/// Reads a technology file. Throws UserError with all problems found; a missing coefficient is an
/// error.
EnergyDescription load_energy(const std::string& path,
                              const std::vector<base::Override>& overrides = {});

}  // namespace spikeloom::hw
