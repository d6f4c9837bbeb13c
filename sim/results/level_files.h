// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/base/directory.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::sim {

/// The levels A of every layer and image as NumPy arrays: a file LAYER.npy for each layer,
/// uint8 [image][channel][y][x]; in its name '_' for what is no letter, digit, '.', '_' or '-'.
/// Several processes may write their images at the same time. The directory gets its name only when
/// `finish` is called.
class LevelFiles {
 public:
  LevelFiles(std::string directory, const converter::SpikingNetwork& network, std::size_t images);
  ~LevelFiles();
  LevelFiles(const LevelFiles&) = delete;
  LevelFiles& operator=(const LevelFiles&) = delete;

  /// `layer` 0 is the host's encoder; `image` counts from 0.
  void write(std::size_t layer, std::size_t image, const std::vector<std::uint8_t>& levels) const;
  void finish();

 private:
  struct File {
    int descriptor;
    std::size_t header;
  };

  std::string directory_;
  base::TemporaryDirectory temporary_;
  std::vector<File> files_;
};

}  // namespace spikeloom::sim
