// SPDX-License-Identifier: Apache-2.0
#include "hw/energy/energy_model.h"

#include <cmath>
#include <numeric>

namespace spikeloom::hw {
namespace {

Coefficient with_source(const common::ConfigMap& map, double value) {
  Coefficient coefficient;
  coefficient.value = value;
  coefficient.provenance = static_cast<Provenance>(
      map.choice("status", {"published", "derived", "calibrated", "estimated"}));
  coefficient.source = map.text("source");
  return coefficient;
}

Coefficient read_coefficient(const common::ConfigMap& map, std::string_view value_key,
                             common::Unit unit) {
  return with_source(map, map.quantity(value_key, unit, {0.0, 1e3}));
}

}  // namespace

EnergyDescription load_energy(const std::string& path,
                              const std::vector<common::Override>& overrides) {
  common::ConfigFile file(path, "energy", overrides);
  const common::ConfigMap root = file.root();
  EnergyDescription energy;
  energy.name = root.text("name");
  energy.technology = root.text("technology");
  energy.reference_voltage_v = root.quantity("reference_voltage", common::Unit::kVolt, {0.2, 5.0});
  const common::ConfigMap exponent = root.map("leakage_voltage_exponent");
  energy.leakage_voltage_exponent = with_source(exponent, exponent.real("value", {0.0, 10.0}));
  const common::ConfigMap events = root.map("events");
  for (std::size_t i = 0; i < kEvents; ++i) {
    energy.events[i] =
        read_coefficient(events.map(kEventInfo[i].name), "energy", common::Unit::kJoule);
  }
  const common::ConfigMap statics = root.map("static");
  for (std::size_t i = 0; i < kStaticTerms; ++i) {
    const common::ConfigMap term = statics.map(kStaticInfo[i].name);
    energy.statics[i] = kStaticInfo[i].clocked
                            ? read_coefficient(term, "energy_per_cycle", common::Unit::kJoule)
                            : read_coefficient(term, "power", common::Unit::kWatt);
  }
  file.finish();
  return energy;
}

EnergyByComponent& EnergyByComponent::operator+=(const EnergyByComponent& other) {
  for (std::size_t i = 0; i < kComponents; ++i) joule_[i] += other.joule_[i];
  return *this;
}

double EnergyByComponent::total() const {
  return std::accumulate(joule_.begin(), joule_.end(), 0.0);
}

EnergyModel::EnergyModel(const EnergyDescription& description,
                         const common::ChipDescription& chip) {
  const double ratio = chip.voltage_v / description.reference_voltage_v;
  for (std::size_t i = 0; i < kEvents; ++i) {
    event_joule_[i] = description.events[i].value * ratio * ratio;
  }
  for (std::size_t i = 0; i < kStaticTerms; ++i) {
    const double value = description.statics[i].value;
    cycle_joule_[i] =
        kStaticInfo[i].clocked
            ? value * ratio * ratio
            : chip.seconds(value * std::pow(ratio, description.leakage_voltage_exponent.value));
  }
}

EnergyByComponent EnergyModel::dynamic(const EventCounts& counts) const {
  EnergyByComponent energy;
  for (std::size_t i = 0; i < kEvents; ++i) {
    energy[kEventInfo[i].component] +=
        static_cast<double>(counts[static_cast<Event>(i)]) * event_joule_[i];
  }
  return energy;
}

double EnergyModel::static_energy(StaticTerm term, double cycles) const {
  return cycle_joule_[static_cast<std::size_t>(term)] * cycles;
}

EnergyByComponent EnergyModel::chips(double chips, double cycles) const {
  EnergyByComponent energy;
  energy[Component::kChipClock] = chips * static_energy(StaticTerm::kChipClock, cycles);
  energy[Component::kChipLeakage] = chips * static_energy(StaticTerm::kChipLeakage, cycles);
  return energy;
}

EnergyByComponent EnergyModel::cores(double cores, bool active, double cycles) const {
  EnergyByComponent energy;
  energy[Component::kCoreClock] =
      cores *
      static_energy(active ? StaticTerm::kActiveCoreClock : StaticTerm::kIdleCoreClock, cycles);
  energy[Component::kCoreLeakage] =
      cores *
      static_energy(active ? StaticTerm::kActiveCoreLeakage : StaticTerm::kIdleCoreLeakage, cycles);
  return energy;
}

}  // namespace spikeloom::hw
