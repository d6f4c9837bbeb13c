// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/wrong_images.h"

#include <algorithm>
#include <cmath>

#include "spikeloom/base/npy.h"
#include "spikeloom/base/number_array.h"

namespace spikeloom::sim {
namespace {

constexpr const char* kByte = "|u1";

/// Returns the pixels of an image, [channel][y][x].
std::vector<float> pixels_of(const DataSet& data, const converter::Shape& stored,
                             std::size_t index) {
  const base::NumberArray numbers(data.pixels);
  std::vector<float> pixels;
  for (int c = 0; c < stored.channels; ++c) {
    for (int y = 0; y < stored.height; ++y) {
      for (int x = 0; x < stored.width; ++x) {
        pixels.push_back(numbers.real(data.pixel(index, stored, c, y, x)));
      }
    }
  }
  return pixels;
}

/// Maps the least pixel to 0 and the greatest to 255.
void spread(std::vector<float>& pixels) {
  const auto [least, greatest] = std::minmax_element(pixels.begin(), pixels.end());
  const float base = *least;
  const float range = *greatest - base;
  for (float& pixel : pixels) {
    pixel = range > 0.0F ? std::round((pixel - base) / range * UINT8_MAX) : 0.0F;
  }
}

}  // namespace

std::string wrong_images_npy(const DataSet& data, const converter::Shape& input,
                             const RangeResult& result) {
  const converter::Shape stored = data.stored(input);
  std::string bytes;
  std::size_t count = 0;
  for (const ImageRecord& image : result.images) {
    if (image.label == image.predicted || count == kMaxWrongImages) continue;
    ++count;
    std::vector<float> pixels = pixels_of(data, stored, image.index);
    if (data.pixels.type != kByte) spread(pixels);
    for (const float pixel : pixels) {
      bytes += static_cast<char>(static_cast<std::uint8_t>(pixel));
    }
  }
  return base::npy_header(kByte, {count, static_cast<std::size_t>(stored.channels),
                                  static_cast<std::size_t>(stored.height),
                                  static_cast<std::size_t>(stored.width)}) +
         bytes;
}

}  // namespace spikeloom::sim
