// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace spikeloom::cli {

/// A file that was built into the program, by its name. Throws std::out_of_range for another.
std::string_view resource(std::string_view name);

bool has_resource(std::string_view name);

}  // namespace spikeloom::cli
