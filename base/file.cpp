// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

namespace spikeloom::base {

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

void write_file(const std::string& path, std::string_view text) {
  const std::string temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file || std::rename(temporary.c_str(), path.c_str()) != 0) {
    const UserError error = unwritable(path);
    std::remove(temporary.c_str());
    throw error;
  }
}

void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  write_file(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace spikeloom::base
