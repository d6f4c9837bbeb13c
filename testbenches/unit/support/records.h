// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::test {

/// Returns the records of all images.
inline std::vector<sim::ImageRecord> records(const sim::RangeResult& result) {
  return {result.images.begin(), result.images.end()};
}

}  // namespace spikeloom::test
