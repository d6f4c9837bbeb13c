// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/idx_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <zlib.h>

#include "spikeloom/base/error.h"

namespace spikeloom::base {
namespace {

struct IdxType {
  std::uint8_t code;
  const char* type;  ///< NumPy type of the elements when they are little-endian
  std::size_t width;
};

constexpr std::array<IdxType, 6> kIdxTypes = {{{0x08, "|u1", 1},
                                               {0x09, "|i1", 1},
                                               {0x0b, "<i2", 2},
                                               {0x0c, "<i4", 4},
                                               {0x0d, "<f4", 4},
                                               {0x0e, "<f8", 8}}};

/// More is not a size but damage.
constexpr std::size_t kMaxBytes = std::size_t{1} << 40;
/// Memory is allocated as the data come, so that a damaged size does not exhaust it.
constexpr std::size_t kChunkBytes = std::size_t{1} << 26;

class IdxReader {
 public:
  explicit IdxReader(const std::string& path)
      : path_(path), file_(gzopen(path.c_str(), "rb"), gzclose) {
    if (!file_) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  }

  NpyArray read() {
    std::array<std::uint8_t, 4> magic{};
    read(magic.data(), magic.size());
    const auto* const type =
        std::find_if(kIdxTypes.begin(), kIdxTypes.end(),
                     [&](const IdxType& known) { return known.code == magic[2]; });
    if (magic[0] != 0 || magic[1] != 0 || type == kIdxTypes.end() || magic[3] == 0) {
      throw UserError(path_ + ": not an IDX file");
    }
    NpyArray array;
    array.type = type->type;
    std::size_t bytes = type->width;
    for (int d = 0; d < magic[3]; ++d) {
      array.shape.push_back(read_size());
      if (bytes != 0 && array.shape.back() > kMaxBytes / bytes) {
        throw UserError(path_ + ": damaged: its sizes are too large");
      }
      bytes *= array.shape.back();
    }
    while (array.data.size() < bytes) {
      const std::size_t had = array.data.size();
      array.data.resize(std::min(bytes, had + kChunkBytes));
      read(array.data.data() + had, array.data.size() - had);
    }
    char more = 0;
    if (gzread(file_.get(), &more, 1) == 1) {
      throw UserError(path_ + ": damaged: it has more data than its sizes say");
    }
    if (type->width > 1) swap_bytes(array.data, type->width);
    return array;
  }

 private:
  void read(void* data, std::size_t count) {
    if (gzread(file_.get(), data, static_cast<unsigned>(count)) != static_cast<int>(count)) {
      throw UserError(path_ + ": truncated or not a gzip file");
    }
  }

  std::uint32_t read_size() {
    std::array<std::uint8_t, 4> b{};
    read(b.data(), b.size());
    return static_cast<std::uint32_t>(b[0]) << 24 | static_cast<std::uint32_t>(b[1]) << 16 |
           static_cast<std::uint32_t>(b[2]) << 8 | b[3];
  }

  std::string path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

}  // namespace

NpyArray read_idx(const std::string& path) { return IdxReader(path).read(); }

std::vector<std::uint8_t> read_idx(const std::string& path, std::vector<std::uint32_t>& sizes) {
  NpyArray array = read_idx(path);
  if (array.type != "|u1" || array.shape.size() != sizes.size()) {
    throw UserError(
        fmt::format("{}: not an IDX file of unsigned bytes in {} dimensions", path, sizes.size()));
  }
  std::transform(array.shape.begin(), array.shape.end(), sizes.begin(),
                 [](std::size_t size) { return static_cast<std::uint32_t>(size); });
  return std::move(array.data);
}

}  // namespace spikeloom::base
