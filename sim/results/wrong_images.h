// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "spikeloom/sim/inputs/data_set.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

inline constexpr const char* kWrongImagesFile = "wrong.npy";
/// Maximum number of images in the file, which keeps it small.
inline constexpr std::size_t kMaxWrongImages = 60;

/// Returns the pixels of the first misclassified images, in the order of images.csv, as a NumPy
/// array: uint8 [image][channel][y][x]. Pixels of other types are mapped linearly, the least of the
/// image to 0 and the greatest to 255. `input` is the input of the network.
std::string wrong_images_npy(const DataSet& data, const converter::Shape& input,
                             const RangeResult& result);

}  // namespace spikeloom::sim
