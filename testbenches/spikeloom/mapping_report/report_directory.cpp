// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/mapping_report/report_directory.h"

#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "common/envelope.h"
#include "common/error.h"
#include "testbenches/spikeloom/terminal/stop_guard.h"

namespace spikeloom::program {
namespace {

namespace fs = std::filesystem;

/// A directory beside the one that is meant, on the same file system; it goes if anything fails.
class Workplace {
 public:
  explicit Workplace(const fs::path& directory)
      : path_(fmt::format("{}.{}.tmp", directory.string(), ::getpid())) {
    std::error_code error;
    if (!fs::create_directories(path_, error)) {
      throw common::UserError(fmt::format("{}: cannot be made: {}", path_.string(),
                                          error ? error.message() : "exists already"));
    }
  }
  ~Workplace() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

void write_report(const std::string& directory, const std::map<std::string, std::string>& files) {
  const fs::path target = fs::path(directory).lexically_normal() / "";
  const fs::path parent = target.parent_path();  // without the slash at its end
  if (fs::exists(parent) && !fs::is_directory(parent)) {
    throw common::UserError(fmt::format("{}: is no directory", directory));
  }
  const StopGuard guard;
  const Workplace workplace(parent);
  for (const auto& [name, text] : files) {
    common::write_file((workplace.path() / name).string(), text);
  }
  std::error_code error;
  if (!fs::exists(parent)) {
    fs::rename(workplace.path(), parent, error);
  } else {
    for (const auto& [name, text] : files) {
      if (fs::is_directory(parent / name)) {
        error = std::make_error_code(std::errc::is_a_directory);
        break;
      }
    }
    for (auto file = files.begin(); file != files.end() && !error; ++file) {
      fs::rename(workplace.path() / file->first, parent / file->first, error);
    }
  }
  if (error) {
    throw common::UserError(fmt::format("{}: cannot be written: {}", directory, error.message()));
  }
}

}  // namespace spikeloom::program
