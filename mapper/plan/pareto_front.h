// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

namespace spikeloom::mapper {

/// Returns the Pareto front of `all`, in the given order. `beats(a, b)` is true if a is at least as
/// good as b in every objective. Of equal elements, the first is kept.
template <typename T, typename Beats>
std::vector<T> pareto_front(const std::vector<T>& all, Beats beats) {
  std::vector<T> front;
  for (const T& candidate : all) {
    const auto better = [&](const T& other) { return beats(other, candidate); };
    if (std::any_of(front.begin(), front.end(), better)) continue;
    const auto worse = [&](const T& other) { return beats(candidate, other); };
    front.erase(std::remove_if(front.begin(), front.end(), worse), front.end());
    front.push_back(candidate);
  }
  return front;
}

}  // namespace spikeloom::mapper
