// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::base {

/// Returns `text` as a field of a CSV line, quoted if necessary (RFC 4180).
std::string csv_field(std::string_view text);

/// Removes the first line from `text` and returns its fields. Returns nullopt if the line has no
/// newline or its quoting is wrong.
std::optional<std::vector<std::string>> take_csv_line(std::string_view& text);

}  // namespace spikeloom::base
