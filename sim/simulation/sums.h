// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

namespace spikeloom::sim {

/// Adds `values` to `sums` element by element. Extends `sums` if it is shorter.
template <typename T, typename Other>
void add(std::vector<T>& sums, const std::vector<Other>& values) {
  if (sums.size() < values.size()) sums.resize(values.size());
  std::transform(values.begin(), values.end(), sums.begin(), sums.begin(), std::plus<>());
}

}  // namespace spikeloom::sim
