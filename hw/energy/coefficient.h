// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "spikeloom/base/config_file.h"
#include "spikeloom/base/units.h"

namespace spikeloom::hw {

/// Origin of a coefficient.
enum class Provenance {
  kPublished,
  kDerived,
  kCalibrated,
  kSynthesized,  ///< from the gates that the RTL becomes (scripts/synthesize)
  kEstimated,
  kModelled
};

constexpr std::string_view name(Provenance value) {
  switch (value) {
    case Provenance::kPublished:
      return "published";
    case Provenance::kDerived:
      return "derived";
    case Provenance::kCalibrated:
      return "calibrated";
    case Provenance::kSynthesized:
      return "synthesized";
    case Provenance::kEstimated:
      return "estimated";
    case Provenance::kModelled:
      return "modelled";
  }
  return {};
}

/// A number of a technology file, in its unit without prefix, with its origin.
struct Coefficient {
  double value = 0.0;
  Provenance provenance = Provenance::kEstimated;
  std::string source;

  /// Whether the memory model gives the value, for the chip at hand; `value` is then 0.
  bool modelled() const { return provenance == Provenance::kModelled; }
};

/// Reads the coefficient in `map`: its value under `value_key`, with "status" and "source" beside
/// it.
Coefficient read_coefficient(const base::ConfigMap& map, std::string_view value_key,
                             base::Unit unit, base::Range<double> allowed);
/// Reads a coefficient that the memory model can give. With "status: modelled" there is no value,
/// and one is an error, unless an override sets it, which takes the place of the model. Otherwise
/// `read` reads the value.
Coefficient read_modelled(base::ConfigFile& file, const base::ConfigMap& map,
                          std::string_view value_key, const std::function<double()>& read);
/// Reads a coefficient without a unit.
Coefficient read_coefficient(const base::ConfigMap& map, std::string_view value_key,
                             base::Range<double> allowed);

}  // namespace spikeloom::hw
