// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/external_program.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/stop_guard.h"

namespace spikeloom::base {
namespace fs = std::filesystem;
namespace {

/// Replaces the child process by the program; never returns.
[[noreturn]] void run_program(const std::vector<std::string>& words, const fs::path& directory,
                              const fs::path& log, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have ended before prctl took effect.
  if (::getppid() != parent) ::_exit(1);
  const int input = ::open("/dev/null", O_RDONLY);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (input < 0 || output < 0 || ::dup2(input, STDIN_FILENO) < 0 ||
      ::dup2(output, STDOUT_FILENO) < 0 || ::dup2(output, STDERR_FILENO) < 0 ||
      ::chdir(directory.c_str()) != 0) {
    ::_exit(127);
  }
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

std::optional<fs::path> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return ::access(name.c_str(), X_OK) == 0 ? std::optional(fs::path(name)) : std::nullopt;
  }
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path file = fs::path(folder.empty() ? "." : folder) / name;
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return std::nullopt;
}

ExternalProgram::ExternalProgram(const std::vector<std::string>& words, const fs::path& directory,
                                 const fs::path& log) {
  const pid_t parent = ::getpid();
  id_ = ::fork();
  if (id_ < 0) {
    throw UserError(fmt::format("{}: cannot be started: {}", words[0], std::strerror(errno)));
  }
  if (id_ == 0) run_program(words, directory, log, parent);
}

ExternalProgram::~ExternalProgram() {
  if (id_ < 0) return;
  ::kill(id_, SIGKILL);
  while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

ExitStatus ExternalProgram::wait() {
  constexpr std::chrono::milliseconds kPause(10);
  while (true) {
    int status = 0;
    const pid_t ended = ::waitpid(id_, &status, WNOHANG);
    if (ended == id_) {
      id_ = -1;
      ExitStatus result;
      if (WIFSIGNALED(status)) {
        result.signal = WTERMSIG(status);
      } else {
        result.status = WEXITSTATUS(status);
      }
      // The program gets Ctrl-C, too.
      StopGuard::check();
      return result;
    }
    std::vector<pollfd> none;
    StopGuard::poll(none, kPause);
    StopGuard::check();
  }
}

}  // namespace spikeloom::base
