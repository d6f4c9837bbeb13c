// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "converter/spiking_network.h"

namespace spikeloom::program {

/// The test images of a data set, in its own order.
struct DataSet {
  std::string name;
  std::string directory;  ///< where it was found
  converter::Shape shape;
  std::vector<std::uint8_t> pixels;  ///< [image][channel][y][x]
  std::vector<std::uint8_t> labels;

  std::size_t size() const { return labels.size(); }
  /// One image as the network takes it: pixels / 255.
  std::vector<double> image(std::size_t index) const;
};

/// Finds and reads a data set ("mnist", "fashion-mnist"): in $SPIKELOOM_DATA, in shared/datasets
/// beside the checkout that `run_path` lies in, or where Debian's packages put it. Throws UserError
/// with the places looked at and how to get it, or for files that are damaged.
DataSet load_data_set(const std::string& name, const std::string& run_path);

}  // namespace spikeloom::program
