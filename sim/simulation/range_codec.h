// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "spikeloom/base/spill_file.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Encodes a result, as a worker sends it or as it is kept for a later start.
std::vector<std::uint8_t> encode_range(const RangeResult& result);
/// Decodes the bytes of encode_range, with the records of the images in `file`, if it is not null.
/// Throws exceptions of CborItem and nlohmann::json if the bytes are of anything else.
RangeResult decode_range(const std::vector<std::uint8_t>& bytes,
                         std::shared_ptr<base::SpillFile> file = nullptr);

}  // namespace spikeloom::sim
