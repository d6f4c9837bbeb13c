// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace spikeloom::base {

// Bounds of what is decoded as JSON, from text or CBOR: far more than any file that this program
// writes needs, and little enough for stack and memory.
inline constexpr int kMaxJsonDepth = 64;                             ///< values around a value
inline constexpr std::size_t kMaxJsonValues = std::size_t{1} << 22;  ///< in a file, with keys

/// Parses JSON that someone else may have written. Throws nlohmann::json::exception if it is not
/// JSON, or nested or larger than the bounds above.
nlohmann::ordered_json parse_json(const std::vector<std::uint8_t>& text);

/// Formats JSON, in one line or indented by `indent`. Names that a user has given, such as those of
/// files, need not be UTF-8: bytes that are not become U+FFFD.
template <typename Json>
std::string json_text(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace spikeloom::base
