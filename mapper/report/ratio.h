// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace spikeloom::mapper {

/// Returns the share of a part, 0 of nothing.
inline double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace spikeloom::mapper
