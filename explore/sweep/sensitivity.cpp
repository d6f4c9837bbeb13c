// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/sensitivity.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

namespace spikeloom::explore {
namespace {

constexpr int kNameDigits = 4;

std::string name_of(const std::vector<Value>& values) {
  std::string name;
  for (const Value& value : values) {
    if (!name.empty()) name += '/';
    name += to_text(value, kNameDigits);
  }
  return name;
}

/// Divides the points into bins of equal size.
Levels in_bins(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  Levels levels;
  levels.of_point.resize(values.size());
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const std::size_t begin = values.size() * bin / kBins;
    const std::size_t end = values.size() * (bin + 1) / kBins;
    levels.names.push_back(fmt::format("{:.{}g}..{:.{}g}", values[order[begin]], kNameDigits,
                                       values[order[end - 1]], kNameDigits));
    for (std::size_t i = begin; i < end; ++i) levels.of_point[order[i]] = bin;
  }
  return levels;
}

}  // namespace

Levels find_levels(const std::vector<std::vector<Value>>& values) {
  std::map<std::vector<Value>, std::size_t> seen;
  Levels levels;
  for (const std::vector<Value>& value : values) {
    const auto [found, first] = seen.try_emplace(value, seen.size());
    if (first) levels.names.push_back(name_of(value));
    levels.of_point.push_back(found->second);
  }
  if (2 * seen.size() <= values.size() || values.size() < 2 * kBins) return levels;
  std::vector<double> numbers;
  for (const std::vector<Value>& value : values) {
    // The first key represents all keys of an axis, since they vary together.
    const auto first = to_number(value.front());
    if (!first) return levels;
    numbers.push_back(*first);
  }
  return in_bins(numbers);
}

Sensitivity sensitivity(const Levels& levels, const std::vector<double>& metric) {
  const auto count = static_cast<double>(metric.size());
  const double mean = std::accumulate(metric.begin(), metric.end(), 0.0) / count;
  std::vector<double> sums(levels.names.size());
  std::vector<double> counts(levels.names.size());
  double total = 0.0;
  for (std::size_t i = 0; i < metric.size(); ++i) {
    sums[levels.of_point[i]] += metric[i];
    counts[levels.of_point[i]] += 1.0;
    total += (metric[i] - mean) * (metric[i] - mean);
  }
  Sensitivity result;
  double between = 0.0;
  bool any = false;
  for (std::size_t l = 0; l < sums.size(); ++l) {
    if (counts[l] == 0.0) continue;
    const double level = sums[l] / counts[l];
    between += counts[l] * (level - mean) * (level - mean);
    if (!any || level < result.minimum) {
      result.minimum = level;
      result.min_at = levels.names[l];
    }
    if (!any || level > result.maximum) {
      result.maximum = level;
      result.max_at = levels.names[l];
    }
    any = true;
  }
  if (total > 0.0) result.range = between / total;
  return result;
}

}  // namespace spikeloom::explore
