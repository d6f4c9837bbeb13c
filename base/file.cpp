// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace spikeloom::base {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 18;

/// Returns the path that symbolic links lead to, whether it exists or not.
fs::path followed(fs::path path) {
  constexpr int kMostLinks = 40;  // of the system
  std::error_code none;
  for (int i = 0; i < kMostLinks && fs::is_symlink(path, none); ++i) {
    path = path.parent_path() / fs::read_symlink(path, none);
  }
  return path;
}

}  // namespace

UserError unwritable(const std::string& path, std::error_code cause) {
  return UserError(fmt::format("{}: cannot be written: {}", path, cause.message()));
}

UserError unwritable(const std::string& path) {
  return unwritable(path, {errno, std::generic_category()});
}

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  const std::streamoff size = file.tellg();
  if (size < 0 || size > (std::streamoff{1} << 40)) {
    throw UserError(path + ": cannot be read: not a regular file");
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!file) throw UserError(path + ": cannot be read to its end");
  return bytes;
}

MappedFile::MappedFile(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0) {
    throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* memory = nullptr;
  if (S_ISREG(status.st_mode) && size != 0) {
    memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0);
  }
  ::close(descriptor);
  if (!S_ISREG(status.st_mode)) throw UserError(path + ": cannot be read: not a regular file");
  if (memory == MAP_FAILED) throw UserError(path + ": cannot be read: no memory to map it");
  bytes_ = {static_cast<const std::uint8_t*>(memory), size};
}

MappedFile::~MappedFile() {
  if (bytes_.size != 0) ::munmap(const_cast<std::uint8_t*>(bytes_.data), bytes_.size);
}

void write_file(const std::string& path, const std::function<void(const ByteSink&)>& write) {
  std::error_code none;
  const fs::path target = followed(path);
  const fs::file_status status = fs::status(path, none);
  const bool replaced = !fs::exists(status) || fs::is_regular_file(status);
  const std::string written =
      replaced ? fmt::format("{}.{}.tmp", target.string(), ::getpid()) : path;
  std::ofstream file(written, std::ios::binary | std::ios::trunc);
  // A stream passes on what has a kilobyte, however large its own buffer is.
  std::string waiting;
  const auto flush = [&] {
    file.write(waiting.data(), static_cast<std::streamsize>(waiting.size()));
    waiting.clear();
  };
  write([&](ByteView bytes) {
    waiting.append(reinterpret_cast<const char*>(bytes.data), bytes.size);
    if (waiting.size() >= kBufferBytes) flush();
  });
  flush();
  file.close();
  if (file && (!replaced || std::rename(written.c_str(), target.c_str()) == 0)) return;
  const int cause = errno;
  if (replaced) std::remove(written.c_str());
  errno = cause;
  throw unwritable(path);
}

void write_all(int descriptor, const void* data, std::size_t count, const std::string& path,
               std::optional<std::size_t> offset) {
  const char* bytes = static_cast<const char*>(data);
  while (count > 0) {
    // On a full disk the first call writes what fits, and only the next one tells why.
    const ssize_t written = offset ? ::pwrite(descriptor, bytes, count, static_cast<off_t>(*offset))
                                   : ::write(descriptor, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw unwritable(path);
    bytes += written;
    count -= static_cast<std::size_t>(written);
    if (offset) *offset += static_cast<std::size_t>(written);
  }
}

void write_file(const std::string& path, std::string_view text) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  write_file(path, [&](const ByteSink& sink) {
    for (std::size_t at = 0; at < text.size(); at += kBufferBytes) {
      sink({bytes + at, std::min(kBufferBytes, text.size() - at)});
    }
  });
}

void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  write_file(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace spikeloom::base
