// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace spikeloom::explore {

inline constexpr double kPercent = 100.0;  ///< of a whole

}  // namespace spikeloom::explore
