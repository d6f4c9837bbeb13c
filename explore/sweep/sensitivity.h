// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/explore/sweep/database.h"

namespace spikeloom::explore {

/// How a metric hangs on an axis, over all other axes (docs/sweeps.md).
struct Sensitivity {
  /// Of the metric's variance, the share that the means of the axis' levels have (the correlation
  /// ratio eta squared; on a full grid the first-order Sobol index). Nothing where it never
  /// changes.
  std::optional<double> range;
  double minimum = 0.0;  ///< mean of the level where it is least
  double maximum = 0.0;
  std::string min_at;  ///< that level
  std::string max_at;
};

/// Levels of an axis: points of equal values, or where hardly any repeat and all are numbers, kBins
/// parts of as many points each, by value.
inline constexpr std::size_t kBins = 5;
struct Levels {
  std::vector<std::string> names;
  std::vector<std::size_t> of_point;  ///< indices into `names`
};

/// `values`: [point][key] of an axis.
Levels find_levels(const std::vector<std::vector<Value>>& values);

/// `metric` by point, as many as `levels` has.
Sensitivity sensitivity(const Levels& levels, const std::vector<double>& metric);

}  // namespace spikeloom::explore
