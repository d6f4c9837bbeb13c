// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/data_source.h"

#include <filesystem>
#include <tuple>

#include <fmt/format.h>

namespace spikeloom::sim {
namespace {

constexpr const char* kKey = "data";
/// With larger factors an image's value could exceed a float.
constexpr double kMaxFactor = 1e18;
constexpr const char* kNoCrop = "none";
constexpr std::int64_t kMaxCrop = 1 << 24;

auto content(const DataSource& source) {
  return std::tie(source.set, source.images, source.labels, source.layout, source.scale,
                  source.offset, source.own_crop, source.crop);
}

/// Reads the mapping `data`.
class MappingReader {
 public:
  MappingReader(const base::ConfigMap& map, base::ConfigFile& file) : map_(map), file_(file) {}

  DataSource read() {
    DataSource source;
    if (map_.has("set") == map_.has("images")) {
      file_.error(kKey, "expected either set: NAME or images: FILE");
    }
    if (map_.has("set")) source.set = map_.text("set");
    if (map_.has("images") || !map_.has("set")) read_files(source);
    read_crop(source);
    for (const std::string& key : map_.keys()) source.locations[key] = map_.location(key);
    return source;
  }

 private:
  void read_files(DataSource& source) {
    source.images = base::ArrayFile::parse(read_path("images"));
    const std::string labels = read_path("labels");
    if (map_.has("labels")) source.labels = base::ArrayFile::parse(labels);
    source.layout = map_.choice<Layout>("layout", source.layout);
    source.scale = read_factors("scale", 1.0);
    source.offset = read_factors("offset", 0.0);
  }

  /// Returns an empty text if the key is missing.
  std::string read_path(const char* key) {
    return map_.has(key) ? map_.text(key) : map_.text(key, "");
  }

  std::vector<float> read_factors(const char* key, double default_value) {
    const base::Range<double> allowed{-kMaxFactor, kMaxFactor};
    if (map_.kind(key) != base::ConfigKind::kList) {
      return {static_cast<float>(map_.real(key, allowed, default_value))};
    }
    std::vector<float> values;
    const base::ConfigMap list = map_.list(key);
    for (const std::string& i : list.keys()) {
      values.push_back(static_cast<float>(list.real(i, allowed)));
    }
    if (values.empty()) file_.error(map_.path(key), "is empty, expected a number for each channel");
    return values;
  }

  void read_crop(DataSource& source) {
    source.own_crop = map_.has("crop");
    if (!source.own_crop || map_.kind("crop") == base::ConfigKind::kValue) {
      const std::string text = map_.text("crop", kNoCrop);
      if (text == kNoCrop) return;
      file_.error(map_.path("crop"),
                  fmt::format("got {}, allowed {}, {{height, width}}", text, kNoCrop));
    } else {
      const base::ConfigMap crop = map_.map("crop");
      source.crop = {static_cast<int>(crop.integer("height", {1, kMaxCrop})),
                     static_cast<int>(crop.integer("width", {1, kMaxCrop}))};
    }
  }

  base::ConfigMap map_;
  base::ConfigFile& file_;
};

}  // namespace

bool DataSource::operator==(const DataSource& other) const {
  return content(*this) == content(other);
}

bool DataSource::has_images_of(const DataSource& other) const {
  return set == other.set && images == other.images;
}

std::string DataSource::name() const {
  if (!is_file()) return set;
  return base::ArrayFile{std::filesystem::path(images.path).filename().string(), images.key}.text();
}

std::string DataSource::at(const std::string& key) const {
  const auto found = locations.find(key);
  return fmt::format("{}: {}.{}", found != locations.end() ? found->second : location, kKey, key);
}

DataSource read_data_source(const base::ConfigMap& root, base::ConfigFile& file) {
  DataSource source;
  if (root.kind(kKey) == base::ConfigKind::kMap) {
    source = MappingReader(root.map(kKey), file).read();
  } else {
    source.set = root.text(kKey);
  }
  source.location = root.location(kKey);
  return source;
}

}  // namespace spikeloom::sim
