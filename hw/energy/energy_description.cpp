// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/energy_description.h"

#include <algorithm>

#include <fmt/format.h>

namespace spikeloom::hw {

using base::Unit;

namespace {

constexpr base::Range<double> kAllowed = {0.0, 1e3};

EventCoefficient read_event(base::ConfigFile& file, const base::ConfigMap& map, Event event) {
  const auto bits = [&map] { return static_cast<int>(map.integer("bits", {1, 1 << 20})); };
  if (!kEventInfo[static_cast<std::size_t>(event)].modelled) {
    return {read_coefficient(map, "energy", Unit::kJoule, kAllowed), bits()};
  }
  EventCoefficient coefficient;
  coefficient.energy = read_modelled(file, map, "energy", [&] {
    const bool needs_bits = map.has("bits") || !map.overridden("energy");
    if (needs_bits) coefficient.bits = bits();
    return map.quantity("energy", Unit::kJoule, kAllowed);
  });
  return coefficient;
}

GatingFactors read_gating(const base::ConfigMap& map) {
  return {read_coefficient(map.map("clock"), "factor", {0.0, 1.0}),
          read_coefficient(map.map("leakage"), "factor", {0.0, 1.0})};
}

bool has_modelled(const EnergyDescription& energy) {
  return energy.area.sram_bit.modelled() ||
         std::any_of(energy.statics.begin(), energy.statics.end(),
                     [](const Coefficient& term) { return term.modelled(); }) ||
         std::any_of(energy.events.begin(), energy.events.end(),
                     [](const EventCoefficient& event) { return event.energy.modelled(); });
}

}  // namespace

EnergyDescription load_energy(const std::string& path,
                              const std::vector<base::Override>& overrides) {
  base::ConfigFile file(path, "energy", overrides);
  const base::ConfigMap root = file.root();
  EnergyDescription energy;
  energy.name = root.text("name");
  energy.technology = root.text("technology");
  energy.laws = VoltageLaws(root);
  const base::ConfigMap events = root.map("events");
  for (std::size_t i = 0; i < kEvents; ++i) {
    const base::ConfigMap event = events.map(name(static_cast<Event>(i)));
    energy.events[i] = read_event(file, event, static_cast<Event>(i));
  }
  const base::ConfigMap statics = root.map("static");
  for (std::size_t i = 0; i < kStaticCoefficients; ++i) {
    const base::ConfigMap term = statics.map(name(static_cast<StaticTerm>(i)));
    const auto power = [&term] { return term.quantity("power", Unit::kWatt, kAllowed); };
    energy.statics[i] = kStaticInfo[i].clocked
                            ? read_coefficient(term, "energy_per_cycle", Unit::kJoule, kAllowed)
                        : static_cast<StaticTerm>(i) == StaticTerm::kCoreLeakage
                            ? read_modelled(file, term, "power", power)
                            : read_coefficient(term, "power", Unit::kWatt, kAllowed);
  }
  const base::ConfigMap idle = root.map("idle_core");
  energy.clock_gated = read_gating(idle.map("clock_gated"));
  energy.power_gated = read_gating(idle.map("power_gated"));
  energy.area = read_area(file, root.map("area"));
  if (root.has("memory") || has_modelled(energy)) energy.memory = read_memory(root.map("memory"));
  if (file.good() && energy.laws.anchor_voltage() <= energy.laws.threshold_voltage()) {
    file.error("clock_law.anchor.voltage",
               fmt::format("got {}, allowed above clock_law.threshold, {}",
                           base::format_quantity(energy.laws.anchor_voltage(), Unit::kVolt),
                           base::format_quantity(energy.laws.threshold_voltage(), Unit::kVolt)));
  }
  file.finish();
  return energy;
}

}  // namespace spikeloom::hw
