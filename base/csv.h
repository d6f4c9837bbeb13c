// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::base {

/// A field of a line of comma-separated values, in quotes where it needs them (RFC 4180).
std::string csv_field(std::string_view text);

/// Takes the next line off `text` and returns its fields; nothing where it has no end, or its
/// quotes are wrong.
std::optional<std::vector<std::string>> take_csv_line(std::string_view& text);

}  // namespace spikeloom::base
