// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace spikeloom::base {

/// Returns the build ID that the linker gave the program, or the shared library, that this code is
/// linked into, in hexadecimal: another one for other code. Empty if it has none.
std::string build_id();

}  // namespace spikeloom::base
