// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace spikeloom::base {

/// Returns `text` enclosed in `quote`, with each `quote` inside doubled, as in CSV and SQL.
std::string quoted(std::string_view text, char quote);

}  // namespace spikeloom::base
