// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/report_directory.h"

#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "spikeloom/base/directory.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/stop_guard.h"

namespace spikeloom::cli {
namespace fs = std::filesystem;

void write_report(const std::string& directory, const std::map<std::string, std::string>& files) {
  const fs::path target = fs::path(directory).lexically_normal() / "";
  const fs::path parent = target.parent_path();  // without the trailing slash
  if (fs::exists(parent) && !fs::is_directory(parent)) {
    throw base::UserError(fmt::format("{}: is not a directory", directory));
  }
  const base::StopGuard guard;
  // Next to the target directory, so that it is on the same file system.
  const base::TemporaryDirectory temporary(fmt::format("{}.{}.tmp", parent.string(), ::getpid()));
  for (const auto& [name, text] : files) {
    base::write_file((temporary.path() / name).string(), text);
  }
  std::error_code error;
  if (!fs::exists(parent)) {
    fs::rename(temporary.path(), parent, error);
  } else {
    for (const auto& [name, text] : files) {
      if (fs::is_directory(parent / name)) {
        error = std::make_error_code(std::errc::is_a_directory);
        break;
      }
    }
    for (auto file = files.begin(); file != files.end() && !error; ++file) {
      fs::rename(temporary.path() / file->first, parent / file->first, error);
    }
  }
  if (error) {
    throw base::unwritable(directory, error);
  }
}

}  // namespace spikeloom::cli
