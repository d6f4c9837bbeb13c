// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace spikeloom::explore {

/// Indices of the points that no other one dominates: none is at least as good in all objectives
/// and better in one. `costs`: [point][objective], less being better. By their costs, the first
/// objective's before the second's; equal points are all kept, in their order.
std::vector<std::size_t> pareto_front(const std::vector<std::vector<double>>& costs);

}  // namespace spikeloom::explore
