// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "spikeloom/base/child_process.h"

namespace spikeloom::base {

/// Returns the path of a program, which is looked for as a shell does, or nullopt.
std::optional<std::filesystem::path> find_program(const std::string& name);

/// Another program that runs beside this one. It does not outlive this object. Its standard input
/// is empty; standard output and standard error go to a file.
class ExternalProgram {
 public:
  /// Starts `words[0]` with the other words as its arguments in `directory`; appends what it prints
  /// to `log`. Throws UserError if it cannot be started.
  ExternalProgram(const std::vector<std::string>& words, const std::filesystem::path& directory,
                  const std::filesystem::path& log);
  /// Kills the program if it is still running.
  ~ExternalProgram();
  ExternalProgram(const ExternalProgram&) = delete;
  ExternalProgram& operator=(const ExternalProgram&) = delete;

  /// Waits until the program has ended. Throws Stopped on Ctrl-C or SIGTERM, if a StopGuard exists.
  ExitStatus wait();

 private:
  pid_t id_ = -1;
};

}  // namespace spikeloom::base
