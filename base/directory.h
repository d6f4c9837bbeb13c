// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <utility>

namespace spikeloom::base {

/// Makes a directory, with what it lies in, where it is not there. Throws UserError.
void make_directory(const std::filesystem::path& path);

/// A directory that goes, with all that is still in it, when this does: for files that get their
/// places only when they are whole.
class TemporaryDirectory {
 public:
  /// What an earlier program has left there, killed, goes first. Throws UserError.
  explicit TemporaryDirectory(std::filesystem::path path);
  /// One of a new name, where the system keeps such. Throws UserError.
  static TemporaryDirectory of_system();
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
