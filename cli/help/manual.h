// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace spikeloom::cli {

/// Returns the manual page spikeloom(1), in man(7) macros.
std::string manual();

}  // namespace spikeloom::cli
