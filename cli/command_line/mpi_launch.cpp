// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/mpi_launch.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "spikeloom/base/build_id.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/parse_number.h"

namespace spikeloom::cli {
namespace {

/// Environment variable for the MPI program.
constexpr const char* kBuildVariable = "SPIKELOOM_BUILD_ID";

/// Returns the rank that Open MPI's mpirun, or PMIx, sets; null if the process was started alone.
const char* rank_text() {
  const char* const rank = std::getenv("OMPI_COMM_WORLD_RANK");
  return rank != nullptr ? rank : std::getenv("PMIX_RANK");
}

}  // namespace

bool started_by_mpi() {
  const char* processes = std::getenv("OMPI_COMM_WORLD_SIZE");
  if (processes == nullptr) processes = std::getenv("SLURM_STEP_NUM_TASKS");
  const bool alone = processes != nullptr && std::string_view(processes) == "1";
  return rank_text() != nullptr && !alone;
}

int mpi_rank() {
  const char* const rank = rank_text();
  return rank == nullptr ? 0 : base::parse_number<int>(rank).value_or(0);
}

void leave_output_to_rank_0() {
  if (mpi_rank() == 0) return;
  std::cout.setstate(std::ios::failbit);
  std::cerr.setstate(std::ios::failbit);
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
  ::setenv(kBuildVariable, base::build_id().c_str(), 1);
  ::execv(program.c_str(), pointers.data());
  throw base::UserError(fmt::format(
      "{}: cannot be run: {}: runs and sweeps under mpirun need a build with SPIKELOOM_MPI on",
      program, std::strerror(errno)));
}

void take_build_of_launcher() {
  if (const char* const id = std::getenv(kBuildVariable)) base::adopt_build_id(id);
}

}  // namespace spikeloom::cli
