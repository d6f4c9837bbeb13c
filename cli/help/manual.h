// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace spikeloom::cli {

/// The manual page spikeloom(1), in the macros of man(7).
std::string manual();

}  // namespace spikeloom::cli
