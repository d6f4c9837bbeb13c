// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/level_files.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/npy.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;

/// Returns the path of a layer's file. Characters that are not safe in a file name become '_'; a
/// number resolves name collisions.
fs::path path_of(const fs::path& directory, std::string layer, std::size_t number) {
  std::replace_if(
      layer.begin(), layer.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '_' && c != '-'; },
      '_');
  const fs::path path = directory / (layer + ".npy");
  std::error_code ignored;
  return fs::exists(path, ignored) ? directory / fmt::format("{}-{}.npy", layer, number) : path;
}

}  // namespace

LevelFiles::LevelFiles(std::string directory, const std::vector<LayerShape>& layers,
                       std::size_t images)
    : directory_(std::move(directory)), temporary_(directory_ + ".tmp") {
  if (fs::exists(directory_)) throw base::UserError(directory_ + ": already exists");
  for (const auto& [name, shape] : layers) {
    const std::string path = path_of(temporary_.path(), name, files_.size()).string();
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (descriptor < 0) throw base::unwritable(path);
    const std::string header = base::npy_header(
        "|u1", {images, static_cast<std::size_t>(shape.channels),
                static_cast<std::size_t>(shape.height), static_cast<std::size_t>(shape.width)});
    files_.push_back({descriptor, header.size()});
    base::write_all(descriptor, header.data(), header.size(), directory_);
  }
}

LevelFiles::~LevelFiles() {
  for (const File& file : files_) ::close(file.descriptor);
}

void LevelFiles::write(std::size_t layer, std::size_t image,
                       const std::vector<std::uint8_t>& levels) const {
  base::write_all(files_[layer].descriptor, levels.data(), levels.size(), directory_,
                  files_[layer].header + image * levels.size());
}

void LevelFiles::finish() {
  std::error_code error;
  fs::rename(temporary_.path(), directory_, error);
  if (error) {
    throw base::UserError(fmt::format("{}: cannot be created: {}", directory_, error.message()));
  }
}

}  // namespace spikeloom::sim
