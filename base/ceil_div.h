// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::base {

/// Returns value / divisor rounded up, for value >= 0 and divisor > 0.
template <typename Value, typename Divisor>
constexpr auto ceil_div(Value value, Divisor divisor) {
  return (value + divisor - 1) / divisor;
}

}  // namespace spikeloom::base
