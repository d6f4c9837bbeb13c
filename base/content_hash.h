// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::base {

/// Returns a name derived from content: a version 5 UUID (RFC 4122, SHA-1), equal for equal bytes.
std::string content_hash(std::string_view content);
std::string content_hash(const std::vector<std::uint8_t>& content);

}  // namespace spikeloom::base
