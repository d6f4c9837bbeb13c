// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/base/array_file.h"
#include "spikeloom/base/config_file.h"

namespace spikeloom::sim {

/// Order of the dimensions of an image array.
enum class Layout {
  kNchw,  ///< image, channel, y, x
  kNhwc,  ///< image, y, x, channel
};

constexpr std::string_view name(Layout layout) {
  switch (layout) {
    case Layout::kNchw:
      return "nchw";
    case Layout::kNhwc:
      return "nhwc";
  }
  return {};
}

/// The centre part of an image, of this size.
struct Crop {
  int height = 0;
  int width = 0;

  bool operator==(const Crop& other) const {
    return height == other.height && width == other.width;
  }
};

/// What a run file says of its images: a data set by name, or files.
struct DataSource {
  std::string set;         ///< name of the data set; empty: images of a file
  base::ArrayFile images;  ///< likewise for these
  std::optional<base::ArrayFile> labels;
  Layout layout = Layout::kNchw;
  std::vector<float> scale;   ///< one for all channels, or one for each
  std::vector<float> offset;  ///< likewise
  bool own_crop = false;      ///< whether `crop` replaces that of the data set
  std::optional<Crop> crop;   ///< absent: whole images

  // For messages: the location in the run file, and those of the mapping's keys.
  std::string location;
  std::map<std::string, std::string> locations;

  /// Whether both are the same images, labels and preprocessing.
  bool operator==(const DataSource& other) const;
  /// Whether both are the same images, however preprocessed.
  bool has_images_of(const DataSource& other) const;
  bool is_file() const { return set.empty(); }
  /// Name for tables: of the data set, or of the file without its folder.
  std::string name() const;
  /// Returns the begin of a message about `key` of the mapping `data`: "run.yaml:7:11: data.crop".
  std::string at(const std::string& key) const;
};

/// Reads the key `data` of a run file: the name of a data set, or a mapping (docs/running.md). The
/// paths are as in the file. Problems are added to `file`.
DataSource read_data_source(const base::ConfigMap& root, base::ConfigFile& file);

}  // namespace spikeloom::sim
