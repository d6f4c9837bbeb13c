// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/sweep/pareto.h"

#include <algorithm>
#include <functional>

namespace spikeloom::program {
namespace {

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  return a != b && std::equal(a.begin(), a.end(), b.begin(), std::less_equal<>());
}

}  // namespace

std::vector<std::size_t> pareto_front(const std::vector<std::vector<double>>& costs) {
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    const bool beaten = std::any_of(costs.begin(), costs.end(),
                                    [&](const auto& other) { return dominates(other, costs[i]); });
    if (!beaten) front.push_back(i);
  }
  return front;
}

}  // namespace spikeloom::program
