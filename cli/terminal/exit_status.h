// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace spikeloom::cli {

/// What a program ends with: the result of `work`, or for what it throws a message on standard
/// error and the status that belongs to it.
int exit_status(const std::function<int()>& work);

}  // namespace spikeloom::cli
