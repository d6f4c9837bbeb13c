// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/voltage_laws.h"

#include <cmath>

namespace spikeloom::hw {

using base::Unit;

VoltageLaws::VoltageLaws(const base::ConfigMap& root) {
  reference_voltage_ = root.quantity("reference_voltage", Unit::kVolt, {0.2, 5.0});
  highest_voltage_ =
      read_coefficient(root.map("highest_voltage"), "voltage", Unit::kVolt, {0.2, 5.0});
  const base::ConfigMap leakage = root.map("leakage_law");
  dibl_ = read_coefficient(leakage.map("dibl"), "value", {0.0, 1.0});
  swing_ = read_coefficient(leakage.map("swing"), "voltage", Unit::kVolt, {0.06, 0.5});
  const base::ConfigMap clock = root.map("clock_law");
  threshold_ = read_coefficient(clock.map("threshold"), "voltage", Unit::kVolt, {0.05, 2.0});
  alpha_ = read_coefficient(clock.map("alpha"), "value", {1.0, 2.0});
  const base::ConfigMap anchor = clock.map("anchor");
  anchor_clock_ = read_coefficient(anchor, "clock", Unit::kHertz, {1e3, 1e11});
  anchor_voltage_ = anchor.quantity("voltage", Unit::kVolt, {0.2, 5.0});
}

double VoltageLaws::dynamic_factor(double voltage) const {
  const double ratio = voltage / reference_voltage_;
  return ratio * ratio;
}

double VoltageLaws::leakage_factor(double voltage) const {
  return voltage / reference_voltage_ *
         std::pow(10.0, dibl_.value * (voltage - reference_voltage_) / swing_.value);
}

double VoltageLaws::highest_clock(double voltage) const {
  if (voltage <= threshold_.value) return 0.0;
  const auto speed = [this](double at) {
    return std::pow(at - threshold_.value, alpha_.value) / at;
  };
  return anchor_clock_.value * (speed(voltage) / speed(anchor_voltage_));
}

}  // namespace spikeloom::hw
