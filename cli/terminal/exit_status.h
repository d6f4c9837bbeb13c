// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace spikeloom::cli {

/// Returns the exit status of the program: the result of `work`, or, if it throws, the status of
/// the exception, whose message is printed on standard error.
int exit_status(const std::function<int()>& work);

}  // namespace spikeloom::cli
