// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/coefficient.h"

#include <array>
#include <cstddef>
#include <vector>

namespace spikeloom::hw {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"published", "derived", "calibrated",
                                                    "estimated"};

Coefficient with_source(const base::ConfigMap& map, double value) {
  const std::vector<std::string_view> names(kNames.begin(), kNames.end());
  return {value, static_cast<Provenance>(map.choice("status", names)), map.text("source")};
}

}  // namespace

std::string_view name(Provenance provenance) {
  return kNames[static_cast<std::size_t>(provenance)];
}

Coefficient read_coefficient(const base::ConfigMap& map, std::string_view value_key,
                             base::Unit unit, base::Range<double> allowed) {
  return with_source(map, map.quantity(value_key, unit, allowed));
}

Coefficient read_coefficient(const base::ConfigMap& map, std::string_view value_key,
                             base::Range<double> allowed) {
  return with_source(map, map.real(value_key, allowed));
}

}  // namespace spikeloom::hw
