// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// A worker's result as bytes for its parent, and back.
std::vector<std::uint8_t> encode_range(const RangeResult& result);
RangeResult decode_range(const std::vector<std::uint8_t>& bytes);

}  // namespace spikeloom::sim
