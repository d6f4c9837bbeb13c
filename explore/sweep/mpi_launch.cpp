// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/mpi_launch.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "spikeloom/base/error.h"

namespace spikeloom::explore {

bool started_by_mpi() {
  return std::getenv("OMPI_COMM_WORLD_RANK") != nullptr || std::getenv("PMIX_RANK") != nullptr;
}

void become_mpi_program() {
  const std::string program =
      std::filesystem::read_symlink("/proc/self/exe").replace_filename(kMpiProgram).string();
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execv(program.c_str(), pointers.data());
  throw base::UserError(
      fmt::format("{}: cannot be run: {}: sweeps under MPI need a build with SPIKELOOM_MPI on",
                  program, std::strerror(errno)));
}

}  // namespace spikeloom::explore
