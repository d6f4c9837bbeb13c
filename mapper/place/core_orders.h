// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/place/occupancy.h"

namespace spikeloom::mapper {

/// All cores of a grid of any size along a Hilbert curve: from core 0 on, each a neighbour of the
/// one before.
std::vector<int> hilbert_order(const arch::MeshDescription& grid);

/// All cores in an order of `seed`.
std::vector<int> random_order(const arch::MeshDescription& grid, std::uint64_t seed);

/// The same blocks together in cores as in `seats`, but these contents, in the order of their first
/// blocks, in the first cores of `order`.
Slots laid_along(const Slots& slots, const std::vector<int>& order);

}  // namespace spikeloom::mapper
