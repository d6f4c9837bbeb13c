// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::base {

/// Writes a result that a later run may take instead of computing it: the bytes, then `key`, which
/// names everything that they were computed from, and a CRC-32 of both. The file is whole or not
/// there, however the program ends. Throws UserError on failure.
void write_keyed_file(const std::string& path, std::vector<std::uint8_t> bytes,
                      const std::string& key);

/// Returns the bytes of such a file. Returns nullopt for anything but a whole one with this key.
std::optional<std::vector<std::uint8_t>> read_keyed_file(const std::string& path,
                                                         const std::string& key);

}  // namespace spikeloom::base
