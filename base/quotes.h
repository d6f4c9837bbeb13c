// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace spikeloom::base {

/// `text` between two of `quote`, those within it doubled: as CSV and SQL have it.
std::string in_quotes(std::string_view text, char quote);

}  // namespace spikeloom::base
