// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spikeloom::sim {

/// An input file of a run.
struct SourceFile {
  const char* role;  ///< key of the run file that names it; "run" for the run file itself
  std::string path;
  std::uint32_t checksum;  ///< CRC-32
};

/// Whether the file of this role is a configuration file, which counts as it was read
/// (base::FrozenFiles).
inline bool is_configuration(std::string_view role) {
  return role == "run" || role == "chip" || role == "energy";
}

}  // namespace spikeloom::sim
