// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::sim {

/// Returns the numbers of "1,2,3"; an empty list for anything else.
std::vector<int> place_numbers(const std::string& text);

/// Returns the number of the router at "X,Y", or "LEVEL,X,Y" in a quadtree; nullopt if there is
/// none.
std::optional<std::uint32_t> find_router(const std::string& text,
                                         const arch::ChipDescription& chip);

/// Returns which places find_router finds, for messages.
std::string router_places(const arch::ChipDescription& chip);

}  // namespace spikeloom::sim
