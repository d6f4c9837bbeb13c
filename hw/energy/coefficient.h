// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "spikeloom/base/config_file.h"
#include "spikeloom/base/units.h"

namespace spikeloom::hw {

/// Where a coefficient comes from.
enum class Provenance { kPublished, kDerived, kCalibrated, kEstimated };

constexpr std::string_view name(Provenance value) {
  switch (value) {
    case Provenance::kPublished:
      return "published";
    case Provenance::kDerived:
      return "derived";
    case Provenance::kCalibrated:
      return "calibrated";
    case Provenance::kEstimated:
      return "estimated";
  }
  return {};
}

/// A number of a technology file, in the unit without prefix, and where it comes from.
struct Coefficient {
  double value = 0.0;
  Provenance provenance = Provenance::kEstimated;
  std::string source;
};

/// The coefficient in `map`: its value under `value_key`, with "status" and "source" beside it.
Coefficient read_coefficient(const base::ConfigMap& map, std::string_view value_key,
                             base::Unit unit, base::Range<double> allowed);
/// As above, for a number without a unit.
Coefficient read_coefficient(const base::ConfigMap& map, std::string_view value_key,
                             base::Range<double> allowed);

}  // namespace spikeloom::hw
