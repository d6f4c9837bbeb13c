// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/wrong_images.h"

#include "spikeloom/base/npy.h"

namespace spikeloom::sim {

std::string wrong_images_npy(const DataSet& data, const RangeResult& result) {
  const auto size = static_cast<std::size_t>(data.stored.size());
  std::string pixels;
  std::size_t count = 0;
  for (const ImageRecord& image : result.images) {
    if (image.label == image.predicted || count == kMaxWrongImages) continue;
    ++count;
    const auto begin = data.pixels.begin() + static_cast<std::ptrdiff_t>(image.index * size);
    pixels.append(begin, begin + static_cast<std::ptrdiff_t>(size));
  }
  return base::npy_header("|u1", {count, static_cast<std::size_t>(data.stored.channels),
                                  static_cast<std::size_t>(data.stored.height),
                                  static_cast<std::size_t>(data.stored.width)}) +
         pixels;
}

}  // namespace spikeloom::sim
