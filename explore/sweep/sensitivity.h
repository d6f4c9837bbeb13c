// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/explore/sweep/database.h"

namespace spikeloom::explore {

/// Sensitivity of a metric to an axis, averaged over all other axes (docs/sweeps.md).
struct Sensitivity {
  /// Fraction of the metric's variance that the means of the axis' levels explain (the correlation
  /// ratio eta squared; on a full grid the first-order Sobol index). Absent if the metric is
  /// constant.
  std::optional<double> range;
  double minimum = 0.0;  ///< lowest mean of a level
  double maximum = 0.0;  ///< highest mean of a level
  std::string min_at;    ///< level with the lowest mean
  std::string max_at;    ///< level with the highest mean
};

/// Number of bins of an axis of numbers that hardly ever repeat.
inline constexpr std::size_t kBins = 5;
/// Levels of an axis: its distinct values, or kBins bins with equal numbers of points.
struct Levels {
  std::vector<std::string> names;
  std::vector<std::size_t> of_point;  ///< index into `names` of each point
};

/// Finds the levels of an axis. `values` is [point][key].
Levels find_levels(const std::vector<std::vector<Value>>& values);

/// Computes the sensitivity of `metric`, given by point, one value for each point of `levels`.
Sensitivity sensitivity(const Levels& levels, const std::vector<double>& metric);

}  // namespace spikeloom::explore
