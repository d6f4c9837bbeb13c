// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/coefficient.h"

#include <vector>

namespace spikeloom::hw {
namespace {

Coefficient with_source(const base::ConfigMap& map, double value) {
  constexpr auto kNames = base::all_names<Provenance>();
  const std::vector<std::string_view> names(kNames.begin(), kNames.end() - 1);
  static_assert(kNames.back() == name(Provenance::kModelled));
  return {value, static_cast<Provenance>(map.choice("status", names)), map.text("source")};
}

}  // namespace

Coefficient read_coefficient(const base::ConfigMap& map, std::string_view value_key,
                             base::Unit unit, base::Range<double> allowed) {
  return with_source(map, map.quantity(value_key, unit, allowed));
}

Coefficient read_coefficient(const base::ConfigMap& map, std::string_view value_key,
                             base::Range<double> allowed) {
  return with_source(map, map.real(value_key, allowed));
}

Coefficient read_modelled(base::ConfigFile& file, const base::ConfigMap& map,
                          std::string_view value_key, const std::function<double()>& read) {
  Coefficient coefficient{0.0, map.choice<Provenance>("status"), map.text("source")};
  if (coefficient.modelled() && !map.has(value_key)) return coefficient;
  coefficient.value = read();
  if (!coefficient.modelled()) return coefficient;
  if (map.overridden(value_key)) {
    coefficient.provenance = Provenance::kEstimated;
  } else {
    file.error(
        map.path(value_key),
        "given beside status: modelled, allowed: either, and with a number the status published, "
        "derived, calibrated, synthesized or estimated");
  }
  return coefficient;
}

}  // namespace spikeloom::hw
