// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace spikeloom::cli {

/// The exit status of a comparison that has found a difference.
inline constexpr int kDifferent = 1;

/// Returns the exit status of the program: the result of `work`, or, if it throws, the status of
/// the exception, whose message is printed on standard error.
int exit_status(const std::function<int()>& work);

}  // namespace spikeloom::cli
