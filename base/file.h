// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "spikeloom/base/error.h"

namespace spikeloom::base {

/// The bytes of a file. Throws UserError.
std::vector<std::uint8_t> read_file(const std::string& path);

/// Writes `bytes` beside `path` and renames: `path` is never half-written. Throws UserError.
void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes);
void write_file(const std::string& path, std::string_view text);

/// What to throw where a file cannot be written: for `cause`, or as errno says.
UserError unwritable(const std::string& path, std::error_code cause);
UserError unwritable(const std::string& path);

}  // namespace spikeloom::base
