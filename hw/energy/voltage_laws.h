// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/base/config_file.h"
#include "spikeloom/hw/energy/coefficient.h"

namespace spikeloom::hw {

/// How the energies, the leakage and the highest clock of a technology depend on its supply voltage
/// (docs/energy.md). This is the only definition. Factors are 1 at the reference voltage.
class VoltageLaws {
 public:
  VoltageLaws() = default;
  /// Reads the keys below the root of a technology file.
  explicit VoltageLaws(const base::ConfigMap& root);

  double reference_voltage() const { return reference_voltage_; }
  /// Returns the voltage above which the laws are not valid.
  double highest_voltage() const { return highest_voltage_.value; }
  double threshold_voltage() const { return threshold_.value; }
  /// Returns the voltage for which the highest clock is given. It must be above the threshold
  /// voltage.
  double anchor_voltage() const { return anchor_voltage_; }

  /// Returns the factor of the energy of events and of a clock cycle: (V / Vref)^2.
  double dynamic_factor(double voltage) const;
  /// Returns the factor of the leakage power: supply voltage times a subthreshold current that the
  /// drain voltage raises by DIBL, V / Vref * 10^(dibl * (V - Vref) / swing).
  double leakage_factor(double voltage) const;
  /// Returns the highest clock in Hz by the alpha-power law (Sakurai and Newton, IEEE J.
  /// Solid-State Circuits 25(2), 1990), (V - Vth)^alpha / V, through the anchor; 0 up to the
  /// threshold voltage.
  double highest_clock(double voltage) const;

 private:
  double reference_voltage_ = 0.0;
  Coefficient highest_voltage_;
  Coefficient dibl_;
  Coefficient swing_;  ///< volts per decade of current
  Coefficient threshold_;
  Coefficient alpha_;
  Coefficient anchor_clock_;  ///< at anchor_voltage_
  double anchor_voltage_ = 0.0;
};

}  // namespace spikeloom::hw
