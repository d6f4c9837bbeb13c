// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/base/directory.h"
#include "spikeloom/sim/simulation/layer_shapes.h"

namespace spikeloom::sim {

/// Writes the levels A of every layer and image as NumPy arrays: a file LAYER.npy for each layer,
/// uint8 [image][channel][y][x]. In file names, any character other than a letter, digit, '.', '_'
/// or '-' is replaced by '_'. Several processes may write their images at the same time. The
/// directory gets its final name when `finish` is called.
class LevelFiles {
 public:
  /// `layers` by category. Throws base::UserError if the directory exists or cannot be written.
  LevelFiles(std::string directory, const std::vector<LayerShape>& layers, std::size_t images);
  ~LevelFiles();
  LevelFiles(const LevelFiles&) = delete;
  LevelFiles& operator=(const LevelFiles&) = delete;

  /// `layer` 0 is the host's encoder; `image` counts from the run's first image. Throws
  /// base::UserError if the file cannot be written.
  void write(std::size_t layer, std::size_t image, const std::vector<std::uint8_t>& levels) const;
  void finish();

 private:
  struct File {
    int descriptor;
    std::size_t header;  ///< bytes
  };

  std::string directory_;
  base::TemporaryDirectory temporary_;
  std::vector<File> files_;
};

}  // namespace spikeloom::sim
