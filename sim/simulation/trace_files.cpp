// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/trace_files.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConverter = "vcd2fst";

/// Returns the converter's path, searched in $PATH; empty if it is not found.
std::string find_converter() {
  const char* const places = std::getenv("PATH");
  std::istringstream list(places == nullptr ? "" : places);
  for (std::string place; std::getline(list, place, ':');) {
    const std::string candidate = place + "/" + kConverter;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

/// Returns the path of the converter that makes the file at `path`; empty for a .vcd file, which
/// the run writes itself.
std::string converter_of(const fs::path& path) {
  const std::string kind = path.extension().string();
  if (kind != ".vcd" && kind != ".fst") {
    throw base::UserError(fmt::format("--vcd: got {}, allowed FILE.vcd, FILE.fst", path.string()));
  }
  // Unlike a results directory, the directory of a file must exist.
  if (path.has_parent_path() && !fs::is_directory(path.parent_path())) {
    throw base::UserError(fmt::format("{}: cannot be created: no such directory", path.string()));
  }
  if (kind == ".vcd") return {};
  std::string converter = find_converter();
  if (converter.empty()) {
    throw base::UserError(
        fmt::format("--vcd: {}: .fst files are written by {}, which was not found; install "
                    "GTKWave, or name a .vcd file",
                    path.string(), kConverter));
  }
  return converter;
}

}  // namespace

TraceFiles::TraceFiles(const std::string& path)
    : path_(path), converter_(converter_of(path_)), temporary_(path + ".tmp") {}

void TraceFiles::convert() const {
  const std::string from = (temporary_.path() / (stem() + ".vcd")).string();
  const std::string to = (temporary_.path() / shown()).string();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const char* const arguments[] = {kConverter, from.c_str(), to.c_str(), nullptr};
  pid_t process = -1;
  const int error = ::posix_spawn(&process, converter_.c_str(), &actions, nullptr,
                                  const_cast<char* const*>(arguments), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  while (error == 0 && ::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (error != 0 || status != 0 || !fs::exists(to)) {
    throw base::UserError(fmt::format("{}: {} failed: {}", path_.string(), converter_,
                                      error != 0 ? std::strerror(error)
                                      : WIFSIGNALED(status)
                                          ? fmt::format("signal {}", WTERMSIG(status))
                                          : fmt::format("status {}", WEXITSTATUS(status))));
  }
  fs::remove(from);
}

void TraceFiles::finish() {
  if (!converter_.empty()) convert();
  for (const fs::directory_entry& file : fs::directory_iterator(temporary_.path())) {
    const fs::path place = path_.parent_path() / file.path().filename();
    std::error_code error;
    fs::rename(file.path(), place, error);
    if (error) throw base::unwritable(place.string(), error);
  }
}

}  // namespace spikeloom::sim
