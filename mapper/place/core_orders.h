// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/place/occupancy.h"

namespace spikeloom::mapper {

/// Returns all cores of a grid of any size in the order of a Hilbert curve that starts at core 0.
/// Successive cores are adjacent.
std::vector<int> hilbert_order(const arch::MeshDescription& grid);

/// Returns all cores in a random order determined by `seed`.
std::vector<int> random_order(const arch::MeshDescription& grid, std::uint64_t seed);

/// Returns a placement in which each core has the same contents as in `slots`, but the contents are
/// moved to the first cores of `order`, in the order of their first blocks.
Slots laid_along(const Slots& slots, const std::vector<int>& order);

}  // namespace spikeloom::mapper
