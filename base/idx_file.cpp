// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/idx_file.h"

#include <array>
#include <memory>

#include <fmt/format.h>
#include <zlib.h>

#include "spikeloom/base/error.h"

namespace spikeloom::base {

std::vector<std::uint8_t> read_idx(const std::string& path, std::vector<std::uint32_t>& sizes) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw UserError(path + ": cannot be read");
  const auto read = [&](void* data, std::size_t count) {
    if (gzread(file.get(), data, static_cast<unsigned>(count)) != static_cast<int>(count)) {
      throw UserError(path + ": truncated or not a gzip file");
    }
  };
  const auto read_big_endian = [&] {
    std::array<std::uint8_t, 4> b{};
    read(b.data(), b.size());
    return static_cast<std::uint32_t>(b[0]) << 24 | static_cast<std::uint32_t>(b[1]) << 16 |
           static_cast<std::uint32_t>(b[2]) << 8 | b[3];
  };
  constexpr std::uint32_t kUnsignedBytes = 0x0800;
  if (read_big_endian() != kUnsignedBytes + sizes.size()) {
    throw UserError(
        fmt::format("{}: not an IDX file of unsigned bytes in {} dimensions", path, sizes.size()));
  }
  std::size_t count = 1;
  for (std::uint32_t& size : sizes) {
    size = read_big_endian();
    count *= size;
    if (count > (std::size_t{1} << 30)) {
      throw UserError(path + ": damaged: its sizes are too large");
    }
  }
  std::vector<std::uint8_t> data(count);
  read(data.data(), data.size());
  return data;
}

}  // namespace spikeloom::base
