// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace spikeloom::explore {

/// Locks a directory for this process. The operating system releases the lock however the process
/// ends.
class DirectoryLock {
 public:
  /// Creates the directory if it does not exist. Throws base::UserError if another process holds
  /// the lock.
  explicit DirectoryLock(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int file_;
};

}  // namespace spikeloom::explore
