// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "spikeloom/sim/inputs/data_set.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

inline constexpr const char* kWrongImagesFile = "wrong.npy";
/// So many are kept, so that the file stays small.
inline constexpr std::size_t kMaxWrongImages = 60;

/// The pixels of the first images that were classified wrong, in the order of images.csv, as a
/// NumPy array: uint8 [image][channel][y][x].
std::string wrong_images_npy(const DataSet& data, const RangeResult& result);

}  // namespace spikeloom::sim
