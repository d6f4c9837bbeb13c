// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace spikeloom::sim {

/// An input file of a run.
struct SourceFile {
  const char* role;  ///< key of the run file that names it; "run" for the run file itself
  std::string path;
  std::uint32_t checksum;  ///< CRC-32
};

}  // namespace spikeloom::sim
