// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace spikeloom::cli {

/// Returns the contents of a file that is embedded in the program. Throws std::out_of_range for an
/// unknown name.
std::string_view resource(std::string_view name);

bool has_resource(std::string_view name);

}  // namespace spikeloom::cli
