// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::sim {

/// How an image becomes a network's input.
enum class Preprocessing {
  kUnitRange,        ///< pixels / 255
  kCropStandardize,  ///< the centre 24 x 24, less its mean, over max(its deviation, 1 / sqrt(size))
};

/// The test images of a data set, in its own order.
struct DataSet {
  std::string name;
  std::string directory;  ///< where it was found
  converter::Shape stored;
  Preprocessing preprocessing = Preprocessing::kUnitRange;
  std::vector<std::uint8_t> pixels;  ///< [image][channel][y][x], of `stored`
  std::vector<std::uint8_t> labels;

  std::size_t size() const { return labels.size(); }
  /// Of an image as the network takes it.
  converter::Shape shape() const;
  /// One image as the network takes it, in double, in one order of operations.
  std::vector<double> image(std::size_t index) const;
};

/// Finds and reads a data set ("mnist", "fashion-mnist", "cifar-10", "cifar-100"): in
/// $SPIKELOOM_DATA, where scripts/get-data puts them, in shared/datasets beside the checkout that
/// `run_path` lies in, or where Debian's packages do. Throws UserError with the places looked at
/// and how to get it, or for files that are damaged.
DataSet load_data_set(const std::string& name, const std::string& run_path);

}  // namespace spikeloom::sim
