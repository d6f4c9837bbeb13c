// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace spikeloom::explore {

/// Keeps a directory for this process; the system lets go of it however the process ends.
class DirectoryLock {
 public:
  /// Makes the directory where it is missing. Throws base::UserError where another process has
  /// it.
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int file_;
};

}  // namespace spikeloom::explore
