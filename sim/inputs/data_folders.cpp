// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/data_folders.h"

#include <cstdlib>

namespace spikeloom::sim {

namespace fs = std::filesystem;

std::vector<fs::path> data_folders() {
  std::vector<fs::path> folders;
  if (const char* data = std::getenv("SPIKELOOM_DATA"); data != nullptr) folders.emplace_back(data);
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0') {
    folders.push_back(fs::path(data) / "spikeloom");
  } else if (const char* home = std::getenv("HOME"); home != nullptr) {
    folders.push_back(fs::path(home) / ".local/share/spikeloom");
  }
  return folders;
}

fs::path shared_folder(const std::string& run_path) {
  // A run file lies in configs/runs of its checkout.
  const fs::path folder = fs::absolute(run_path).lexically_normal().parent_path();
  return (folder / "../../../shared").lexically_normal();
}

}  // namespace spikeloom::sim
