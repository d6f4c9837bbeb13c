// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/data_set.h"

#include <array>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/error.h"
#include "common/idx_file.h"

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
  data.pixels = common::read_idx((directory / kImages).string(), sizes);
  data.shape = {1, static_cast<int>(sizes[1]), static_cast<int>(sizes[2])};
  std::vector<std::uint32_t> label_count(1);
  data.labels = common::read_idx((directory / kLabels).string(), label_count);
  if (label_count[0] != sizes[0]) {
    throw common::UserError(
        fmt::format("{}: {} images, but {} labels", data.directory, sizes[0], label_count[0]));
  }
  return data;
}

}  // namespace spikeloom::program
