// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/coefficient.h"

namespace spikeloom::hw {
namespace {

Coefficient with_source(const base::ConfigMap& map, double value) {
  return {value, map.choice<Provenance>("status"), map.text("source")};
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

}  // namespace spikeloom::hw
