// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/data_set.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/idx_file.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;

constexpr double kPixelRange = 255.0;
constexpr int kCrop = 24;

constexpr converter::Shape kCifarShape = {3, 32, 32};

struct Source {
  const char* name;
  const char* folder;
  std::array<const char*, 2> files;
  void (*read)(const Source&, DataSet&);
  Preprocessing preprocessing;
  const char* how_to_get;
  std::size_t label_bytes = 1;  ///< label bytes of an image's record; the last one is the class
};

/// Reads the MNIST format (IDX), for any image size.
void read_idx_pair(const Source& source, DataSet& data) {
  const fs::path directory = data.directory;
  std::vector<std::uint32_t> sizes(3);
  data.pixels = base::read_idx((directory / source.files[0]).string(), sizes);
  data.stored = {1, static_cast<int>(sizes[1]), static_cast<int>(sizes[2])};
  std::vector<std::uint32_t> label_count(1);
  data.labels = base::read_idx((directory / source.files[1]).string(), label_count);
  if (label_count[0] != sizes[0]) {
    throw base::UserError(
        fmt::format("{}: {} images, but {} labels", data.directory, sizes[0], label_count[0]));
  }
}

/// Reads the CIFAR binary format: for each image its label (in CIFAR-100 preceded by the
/// superclass), then its pixels.
void read_cifar(const Source& source, DataSet& data) {
  const std::string path = (fs::path(data.directory) / source.files[0]).string();
  const std::vector<std::uint8_t> bytes = base::read_file(path);
  data.stored = kCifarShape;
  const std::size_t size = source.label_bytes + static_cast<std::size_t>(kCifarShape.size());
  if (bytes.empty() || bytes.size() % size != 0) {
    throw base::UserError(
        fmt::format("{}: {} bytes, not whole records of {}", path, bytes.size(), size));
  }
  for (auto record = bytes.begin(); record != bytes.end();) {
    const auto image = record + static_cast<std::ptrdiff_t>(source.label_bytes);
    const auto end = record + static_cast<std::ptrdiff_t>(size);
    data.labels.push_back(*(image - 1));
    data.pixels.insert(data.pixels.end(), image, end);
    record = end;
  }
}

constexpr std::array<const char*, 2> kIdxPair = {"t10k-images-idx3-ubyte.gz",
                                                 "t10k-labels-idx1-ubyte.gz"};

constexpr std::array<Source, 4> kSources = {{
    {"mnist", "mnist", kIdxPair, read_idx_pair, Preprocessing::kUnitRange,
     "scripts/get-data mnist"},
    {"fashion-mnist", "fashion-mnist", kIdxPair, read_idx_pair, Preprocessing::kUnitRange,
     "apt-get install dataset-fashion-mnist"},
    {"cifar-10",
     "cifar-10-batches-bin",
     {"test_batch.bin", "test_batch.bin"},
     read_cifar,
     Preprocessing::kCropStandardize,
     "scripts/get-data cifar-10"},
    {"cifar-100",
     "cifar-100-binary",
     {"test.bin", "test.bin"},
     read_cifar,
     Preprocessing::kCropStandardize,
     "scripts/get-data cifar-100",
     2},
}};

/// Returns the directory that scripts/get-data downloads to when $SPIKELOOM_DATA is not set.
std::optional<fs::path> user_data() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0') {
    return fs::path(data) / "spikeloom";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr) {
    return fs::path(home) / ".local/share/spikeloom";
  }
  return std::nullopt;
}

fs::path find_directory(const Source& source, const std::string& run_path) {
  std::vector<fs::path> places;
  if (const char* data = std::getenv("SPIKELOOM_DATA"); data != nullptr) places.emplace_back(data);
  if (const std::optional<fs::path> data = user_data()) places.push_back(*data);
  // A run file lies in configs/runs of its checkout.
  const fs::path checkout = fs::absolute(run_path).lexically_normal().parent_path() / "../..";
  places.push_back((checkout / "../shared/datasets").lexically_normal());
  places.emplace_back("../shared/datasets");
  places.emplace_back("/usr/share/datasets");
  std::vector<std::string> tried;
  for (const fs::path& place : places) {
    const fs::path directory = place / source.folder;
    const auto exists = [&](const char* file) {
      std::error_code ignored;
      return fs::exists(directory / file, ignored);
    };
    if (std::all_of(source.files.begin(), source.files.end(), exists)) return directory;
    tried.push_back(directory.string());
  }
  throw base::UserError(fmt::format("data set {}: not found in {}: {}", source.name,
                                    fmt::join(tried, ", "), source.how_to_get));
}

/// The sums are of integers: they are exact and do not depend on the order.
void standardize(std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double total = 0.0;
  double squares = 0.0;
  for (const double value : values) {
    total += value;
    squares += value * value;
  }
  const double deviation =
      std::max(std::sqrt(count * squares - total * total) / count, std::pow(count, -0.5));
  for (double& value : values) value = (value - total / count) / deviation;
}

}  // namespace

converter::Shape DataSet::shape() const {
  switch (preprocessing) {
    case Preprocessing::kUnitRange:
      return stored;
    case Preprocessing::kCropStandardize:
      return {stored.channels, kCrop, kCrop};
  }
  return {};
}

std::vector<double> DataSet::image(std::size_t index) const {
  const std::uint8_t* const image = pixels.data() + index * static_cast<std::size_t>(stored.size());
  const converter::Shape crop = shape();
  const int top = (stored.height - crop.height) / 2;
  const int left = (stored.width - crop.width) / 2;
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(crop.size()));
  for (int c = 0; c < crop.channels; ++c) {
    for (int y = 0; y < crop.height; ++y) {
      for (int x = 0; x < crop.width; ++x) {
        values.push_back(static_cast<double>(image[stored.index(c, top + y, left + x)]));
      }
    }
  }
  switch (preprocessing) {
    case Preprocessing::kUnitRange:
      for (double& value : values) value /= kPixelRange;
      break;
    case Preprocessing::kCropStandardize:
      standardize(values);
      break;
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
    throw base::UserError(
        fmt::format("{}: data: got {}, allowed {}", run_path, name, fmt::join(names, ", ")));
  }
  DataSet data;
  data.name = name;
  data.directory = find_directory(*source, run_path).string();
  data.preprocessing = source->preprocessing;
  source->read(*source, data);
  return data;
}

}  // namespace spikeloom::sim
