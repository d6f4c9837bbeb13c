// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <utility>

namespace spikeloom::base {

/// Creates a directory and its parents, unless they exist. Throws UserError on failure.
void make_directory(const std::filesystem::path& path);

/// Returns the system's directory for temporary files. Throws UserError if TMPDIR names none.
std::filesystem::path system_directory();

/// A directory that is removed, with its contents, when this object is destroyed. Holds files until
/// they are complete and moved to their final place.
class TemporaryDirectory {
 public:
  /// Creates `path`, after removing what a killed earlier run may have left there. Throws UserError
  /// on failure.
  explicit TemporaryDirectory(std::filesystem::path path);
  /// Creates one with a unique name in the system's directory for temporary files. Throws UserError
  /// on failure.
  static TemporaryDirectory create_in_system();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  struct IsMade {};
  TemporaryDirectory(std::filesystem::path path, IsMade) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace spikeloom::base
