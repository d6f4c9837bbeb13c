// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/pareto.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace spikeloom::explore {
namespace {

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  return a != b && std::equal(a.begin(), a.end(), b.begin(), std::less_equal<>());
}

}  // namespace

std::vector<std::size_t> pareto_front(const std::vector<std::vector<double>>& costs) {
  std::vector<std::size_t> order(costs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return costs[a] < costs[b]; });
  // Points that dominate a point come before it and are in the front or dominated by a point of the
  // front.
  std::vector<std::size_t> front;
  for (const std::size_t i : order) {
    const bool dominated = std::any_of(front.begin(), front.end(), [&](std::size_t other) {
      return dominates(costs[other], costs[i]);
    });
    if (!dominated) front.push_back(i);
  }
  return front;
}

}  // namespace spikeloom::explore
