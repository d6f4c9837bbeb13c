// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/data_set.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include "common/error.h"

namespace spikeloom::program {
namespace {

namespace fs = std::filesystem;

struct Source {
  const char* name;
  const char* how_to_get;
};

constexpr std::array<Source, 2> kSources = {{
    {"mnist",
     "put t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz of MNIST into "
     "$SPIKELOOM_DATA/mnist"},
    {"fashion-mnist", "apt-get install dataset-fashion-mnist"},
}};

constexpr const char* kImages = "t10k-images-idx3-ubyte.gz";
constexpr const char* kLabels = "t10k-labels-idx1-ubyte.gz";
constexpr double kPixelRange = 255.0;

/// Reads an IDX file of unsigned bytes, compressed or not: `dimensions` big-endian sizes, the data.
std::vector<std::uint8_t> read_idx(const fs::path& path, std::vector<std::uint32_t>& sizes) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw common::UserError(path.string() + ": cannot be read");
  const auto read = [&](void* data, std::size_t count) {
    if (gzread(file.get(), data, static_cast<unsigned>(count)) != static_cast<int>(count)) {
      throw common::UserError(path.string() + ": truncated or not a gzip file");
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
    throw common::UserError(fmt::format("{}: not an IDX file of unsigned bytes in {} dimensions",
                                        path.string(), sizes.size()));
  }
  std::size_t count = 1;
  for (std::uint32_t& size : sizes) {
    size = read_big_endian();
    count *= size;
    if (count > (std::size_t{1} << 30)) {
      throw common::UserError(path.string() + ": damaged: its sizes are too large");
    }
  }
  std::vector<std::uint8_t> data(count);
  read(data.data(), data.size());
  return data;
}

fs::path find_directory(const Source& source, const std::string& run_path) {
  std::vector<fs::path> places;
  if (const char* data = std::getenv("SPIKELOOM_DATA"); data != nullptr) places.emplace_back(data);
  // A run file lies in configs/runs of its checkout.
  const fs::path checkout = fs::absolute(run_path).lexically_normal().parent_path() / "../..";
  places.push_back((checkout / "../shared/datasets").lexically_normal());
  places.emplace_back("../shared/datasets");
  places.emplace_back("/usr/share/datasets");
  std::vector<std::string> looked;
  for (const fs::path& place : places) {
    const fs::path directory = place / source.name;
    std::error_code ignored;
    if (fs::exists(directory / kImages, ignored) && fs::exists(directory / kLabels, ignored)) {
      return directory;
    }
    looked.push_back(directory.string());
  }
  throw common::UserError(fmt::format("data set {}: not found in {}: {}", source.name,
                                      fmt::join(looked, ", "), source.how_to_get));
}

}  // namespace

std::vector<double> DataSet::image(std::size_t index) const {
  const auto size = static_cast<std::size_t>(shape.size());
  std::vector<double> values(size);
  for (std::size_t i = 0; i < size; ++i) {
    values[i] = static_cast<double>(pixels[index * size + i]) / kPixelRange;
  }
  return values;
}

DataSet load_data_set(const std::string& name, const std::string& run_path) {
  const Source* source = nullptr;
  std::vector<std::string> names;
  for (const Source& candidate : kSources) {
    if (name == candidate.name) source = &candidate;
    names.emplace_back(candidate.name);
  }
  if (source == nullptr) {
    throw common::UserError(
        fmt::format("{}: data: got {}, allowed {}", run_path, name, fmt::join(names, ", ")));
  }
  const fs::path directory = find_directory(*source, run_path);
  DataSet data;
  data.name = name;
  data.directory = directory.string();
  std::vector<std::uint32_t> sizes(3);
  data.pixels = read_idx(directory / kImages, sizes);
  data.shape = {1, static_cast<int>(sizes[1]), static_cast<int>(sizes[2])};
  std::vector<std::uint32_t> label_count(1);
  data.labels = read_idx(directory / kLabels, label_count);
  if (label_count[0] != sizes[0]) {
    throw common::UserError(
        fmt::format("{}: {} images, but {} labels", data.directory, sizes[0], label_count[0]));
  }
  return data;
}

}  // namespace spikeloom::program
