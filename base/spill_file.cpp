// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/spill_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "spikeloom/base/directory.h"
#include "spikeloom/base/file.h"

namespace spikeloom::base {

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t SpillFile::append(ByteView bytes) {
  const std::size_t offset = size_;
  if (descriptor_ < 0 && size_ + bytes.size > kMaxMemory) open();
  if (descriptor_ < 0) {
    memory_.insert(memory_.end(), bytes.data, bytes.data + bytes.size);
  } else {
    write_all(descriptor_, bytes.data, bytes.size, name(), offset);
  }
  size_ += bytes.size;
  return offset;
}

std::vector<std::uint8_t> SpillFile::read(std::size_t offset, std::size_t size) const {
  std::vector<std::uint8_t> bytes(size);
  if (descriptor_ < 0) {
    const auto begin = memory_.begin() + static_cast<std::ptrdiff_t>(offset);
    std::copy(begin, begin + static_cast<std::ptrdiff_t>(size), bytes.begin());
    return bytes;
  }
  for (std::size_t at = 0; at < size;) {
    const ::ssize_t count =
        ::pread(descriptor_, bytes.data() + at, size - at, static_cast<::off_t>(offset + at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      throw UserError(fmt::format("{}: cannot be read: {}", name(),
                                  count == 0 ? "it is too short" : std::strerror(errno)));
    }
    at += static_cast<std::size_t>(count);
  }
  return bytes;
}

void SpillFile::open() {
  if (directory_.empty()) directory_ = system_directory();
  std::string path = (directory_ / ".spikeloom-XXXXXX").string();
  descriptor_ = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor_ < 0) throw unwritable(name());
  ::unlink(path.c_str());
  write_all(descriptor_, memory_.data(), memory_.size(), name(), 0);
  memory_ = {};
}

std::string SpillFile::name() const {
  return fmt::format("{}: the temporary file there", directory_.string());
}

}  // namespace spikeloom::base
