// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace spikeloom::explore {

/// Returns the indices of the points on the Pareto front: no other point is at least as good in all
/// objectives and better in one. `costs` is [point][objective]; lower is better. The result is
/// sorted lexicographically by cost. Equal points are all kept, in their order.
std::vector<std::size_t> pareto_front(const std::vector<std::vector<double>>& costs);

}  // namespace spikeloom::explore
