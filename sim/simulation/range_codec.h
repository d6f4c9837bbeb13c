// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Encodes a worker's result as bytes for its parent process.
std::vector<std::uint8_t> encode_range(const RangeResult& result);
/// Decodes the bytes of encode_share().
RangeResult decode_range(const std::vector<std::uint8_t>& bytes);

}  // namespace spikeloom::sim
