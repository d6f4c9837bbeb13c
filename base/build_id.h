// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace spikeloom::base {

/// Returns the build ID that the linker gave the program, or the shared library, that this code is
/// linked into, in hexadecimal: another one for other code. Empty if it has none.
std::string build_id();

/// Makes build_id() return `id`: this program does the work of the one that has it, with the same
/// code.
void adopt_build_id(const std::string& id);

}  // namespace spikeloom::base
