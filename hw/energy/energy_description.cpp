// SPDX-License-Identifier: Apache-2.0
#include "hw/energy/energy_description.h"

namespace spikeloom::hw {
namespace {

constexpr common::Range<double> kAllowed = {0.0, 1e3};

GatingFactors read_gating(const common::ConfigMap& map) {
  return {read_coefficient(map.map("clock"), "factor", {0.0, 1.0}),
          read_coefficient(map.map("leakage"), "factor", {0.0, 1.0})};
}

}  // namespace

EnergyDescription load_energy(const std::string& path,
                              const std::vector<common::Override>& overrides) {
  common::ConfigFile file(path, "energy", overrides);
  const common::ConfigMap root = file.root();
  EnergyDescription energy;
  energy.name = root.text("name");
  energy.technology = root.text("technology");
  energy.laws = VoltageLaws(root);
  const common::ConfigMap events = root.map("events");
  for (std::size_t i = 0; i < kEvents; ++i) {
    const common::ConfigMap event = events.map(kEventInfo[i].name);
    energy.events[i] = {read_coefficient(event, "energy", common::Unit::kJoule, kAllowed),
                        static_cast<int>(event.integer("bits", {1, 1 << 20}))};
  }
  const common::ConfigMap statics = root.map("static");
  for (std::size_t i = 0; i < kStaticCoefficients; ++i) {
    const common::ConfigMap term = statics.map(kStaticInfo[i].name);
    energy.statics[i] =
        kStaticInfo[i].clocked
            ? read_coefficient(term, "energy_per_cycle", common::Unit::kJoule, kAllowed)
            : read_coefficient(term, "power", common::Unit::kWatt, kAllowed);
  }
  const common::ConfigMap idle = root.map("idle_core");
  energy.clock_gated = read_gating(idle.map("clock_gated"));
  energy.power_gated = read_gating(idle.map("power_gated"));
  energy.area = read_area(root.map("area"));
  file.finish();
  return energy;
}

}  // namespace spikeloom::hw
