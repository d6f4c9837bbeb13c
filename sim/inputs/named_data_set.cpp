// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/named_data_set.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/idx_file.h"
#include "spikeloom/sim/inputs/data_folders.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;

constexpr Crop kCifarCrop = {24, 24};
constexpr converter::Shape kCifarShape = {3, 32, 32};

struct Source {
  const char* name;
  const char* folder;
  std::array<const char*, 2> files;
  void (*read)(const Source&, DataSet&);
  Preprocessing preprocessing;
  std::optional<Crop> crop;
  const char* how_to_get;
  std::size_t label_bytes = 1;  ///< label bytes of an image's record; the last one is the class
};

/// Reads the MNIST format (IDX), for any image size.
void read_idx_pair(const Source& source, DataSet& data) {
  const fs::path directory = data.directory;
  std::vector<std::uint32_t> sizes(3);
  std::vector<std::uint8_t> pixels = base::read_idx((directory / source.files[0]).string(), sizes);
  std::vector<std::uint32_t> label_count(1);
  const std::vector<std::uint8_t> labels =
      base::read_idx((directory / source.files[1]).string(), label_count);
  if (label_count[0] != sizes[0]) {
    throw base::UserError(
        fmt::format("{}: {} images, but {} labels", data.directory, sizes[0], label_count[0]));
  }
  data.labels.assign(labels.begin(), labels.end());
  data.set_pixels(sizes[0], {1, static_cast<int>(sizes[1]), static_cast<int>(sizes[2])},
                  std::move(pixels));
}

/// Reads the CIFAR binary format: for each image its label (in CIFAR-100 preceded by the
/// superclass), then its pixels.
void read_cifar(const Source& source, DataSet& data) {
  const std::string path = (fs::path(data.directory) / source.files[0]).string();
  const std::vector<std::uint8_t> bytes = base::read_file(path);
  const std::size_t size = source.label_bytes + static_cast<std::size_t>(kCifarShape.size());
  if (bytes.empty() || bytes.size() % size != 0) {
    throw base::UserError(
        fmt::format("{}: got {} bytes, allowed multiples of {}, the size of a record", path,
                    bytes.size(), size));
  }
  std::vector<std::uint8_t> pixels;
  for (auto record = bytes.begin(); record != bytes.end();) {
    const auto image = record + static_cast<std::ptrdiff_t>(source.label_bytes);
    const auto end = record + static_cast<std::ptrdiff_t>(size);
    data.labels.push_back(*(image - 1));
    pixels.insert(pixels.end(), image, end);
    record = end;
  }
  data.set_pixels(data.labels.size(), kCifarShape, std::move(pixels));
}

constexpr std::array<const char*, 2> kIdxPair = {"t10k-images-idx3-ubyte.gz",
                                                 "t10k-labels-idx1-ubyte.gz"};

constexpr std::array<Source, 4> kSources = {{
    {"mnist", "mnist", kIdxPair, read_idx_pair, Preprocessing::kUnitRange, std::nullopt,
     "scripts/get-data mnist"},
    {"fashion-mnist", "fashion-mnist", kIdxPair, read_idx_pair, Preprocessing::kUnitRange,
     std::nullopt, "apt-get install dataset-fashion-mnist"},
    {"cifar-10",
     "cifar-10-batches-bin",
     {"test_batch.bin", "test_batch.bin"},
     read_cifar,
     Preprocessing::kStandardize,
     kCifarCrop,
     "scripts/get-data cifar-10"},
    {"cifar-100",
     "cifar-100-binary",
     {"test.bin", "test.bin"},
     read_cifar,
     Preprocessing::kStandardize,
     kCifarCrop,
     "scripts/get-data cifar-100",
     2},
}};

fs::path find_directory(const Source& source, const std::string& run_path) {
  std::vector<fs::path> places = data_folders();
  places.push_back(shared_folder(run_path) / "datasets");
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

}  // namespace

DataSet load_named_data_set(const DataSource& source, const std::string& run_path) {
  const Source* set = nullptr;
  std::vector<std::string> names;
  for (const Source& candidate : kSources) {
    if (source.set == candidate.name) set = &candidate;
    names.emplace_back(candidate.name);
  }
  if (set == nullptr) {
    throw base::UserError(fmt::format("{}: data: got {}, allowed {}, or files: {{images: FILE}}",
                                      run_path, source.set, fmt::join(names, ", ")));
  }
  DataSet data;
  data.directory = find_directory(*set, run_path).string();
  data.preprocessing = set->preprocessing;
  data.crop = source.own_crop ? source.crop : set->crop;
  set->read(*set, data);
  return data;
}

}  // namespace spikeloom::sim
