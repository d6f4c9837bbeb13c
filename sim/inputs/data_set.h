// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::sim {

/// How an image is preprocessed into a network's input.
enum class Preprocessing {
  kUnitRange,        ///< pixels / 255
  kCropStandardize,  ///< centre 24 x 24, (x - mean) / max(deviation, 1 / sqrt(size))
};

/// The test images of a data set, in the order of its files.
struct DataSet {
  std::string name;
  std::string directory;    ///< directory that it was read from
  converter::Shape stored;  ///< of an image in the file, before preprocessing
  Preprocessing preprocessing = Preprocessing::kUnitRange;
  std::vector<std::uint8_t> pixels;  ///< [image][channel][y][x], each image of shape `stored`
  std::vector<std::uint8_t> labels;

  std::size_t size() const { return labels.size(); }
  /// Shape of a preprocessed image.
  converter::Shape shape() const;
  /// Returns a preprocessed image, [channel][y][x], computed in double in a fixed order of
  /// operations.
  std::vector<double> image(std::size_t index) const;
};

/// Finds and reads a data set ("mnist", "fashion-mnist", "cifar-10", "cifar-100"). Searches
/// $SPIKELOOM_DATA, the directory of scripts/get-data, shared/datasets next to the checkout that
/// contains `run_path`, and the directory of Debian's packages, in this order. Throws
/// base::UserError for an unknown name, for damaged files, and for a data set that is not found:
/// then with the directories searched and how to get it.
DataSet load_data_set(const std::string& name, const std::string& run_path);

}  // namespace spikeloom::sim
