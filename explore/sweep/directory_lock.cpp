// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/directory_lock.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "spikeloom/base/directory.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"

namespace spikeloom::explore {

DirectoryLock::DirectoryLock(const std::filesystem::path& directory) {
  base::make_directory(directory);
  const std::string path = (directory / "sweep.lock").string();
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) throw base::unwritable(path);
  // The lock belongs to the process, not to its children: workers that outlive it briefly do not
  // hold it.
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(file_, F_SETLK, &lock) == 0) return;
  const int cause = errno;
  ::close(file_);
  throw base::UserError(cause == EACCES || cause == EAGAIN
                            ? fmt::format("{}: another sweep is running there", directory.string())
                            : fmt::format("{}: cannot be locked: {}", path, std::strerror(cause)));
}

DirectoryLock::~DirectoryLock() { ::close(file_); }

}  // namespace spikeloom::explore
