// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/sim/simulation/share_result.h"

namespace spikeloom::sim {

/// A worker's result as bytes for its parent, and back.
std::vector<std::uint8_t> encode_share(const ShareResult& result);
ShareResult decode_share(const std::vector<std::uint8_t>& bytes);

}  // namespace spikeloom::sim
