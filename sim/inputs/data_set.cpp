// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/data_set.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "spikeloom/base/content_hash.h"
#include "spikeloom/base/number_array.h"
#include "spikeloom/sim/inputs/image_files.h"
#include "spikeloom/sim/inputs/named_data_set.h"

namespace spikeloom::sim {
namespace {

constexpr double kPixelRange = 255.0;

/// The sums are of integers: they are exact and do not depend on the order.
void standardize(std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double total = 0.0;
  double squares = 0.0;
  for (const double value : values) {
    total += value;
    squares += value * value;
  }
  const double deviation =
      std::max(std::sqrt(count * squares - total * total) / count, std::pow(count, -0.5));
  for (double& value : values) value = (value - total / count) / deviation;
}

float of_channel(const std::vector<float>& factors, int channel) {
  return factors.size() == 1 ? factors.front() : factors[static_cast<std::size_t>(channel)];
}

}  // namespace

bool takes_vectors(const converter::Shape& input) { return input.height == 1 && input.width == 1; }

bool takes_sequences(const converter::Shape& input) {
  return !takes_vectors(input) && input.channels != 1 && (input.height == 1 || input.width == 1);
}

void DataSet::set_pixels(std::size_t count, const converter::Shape& shape,
                         std::vector<std::uint8_t> bytes) {
  pixels.type = "|u1";
  pixels.shape = {count, static_cast<std::size_t>(shape.channels),
                  static_cast<std::size_t>(shape.height), static_cast<std::size_t>(shape.width)};
  pixels.data = std::move(bytes);
}

std::optional<int> DataSet::label(std::size_t index) const {
  if (labels.empty()) return std::nullopt;
  return static_cast<int>(labels[index]);
}

converter::Shape DataSet::stored(const converter::Shape& input) const {
  const auto size = [this](std::size_t d) { return static_cast<int>(pixels.shape[d]); };
  const bool channels_last = layout == Layout::kNhwc;
  if (pixels.shape.size() == 4) {
    return channels_last ? converter::Shape{size(3), size(1), size(2)}
                         : converter::Shape{size(1), size(2), size(3)};
  }
  if (pixels.shape.size() == 3 && takes_sequences(input)) {
    const int channels = size(channels_last ? 2 : 1);
    const int length = size(channels_last ? 1 : 2);
    return input.height == 1 ? converter::Shape{channels, 1, length}
                             : converter::Shape{channels, length, 1};
  }
  if (pixels.shape.size() == 3) return {1, size(1), size(2)};
  return {static_cast<int>(pixels.size() / pixels.shape[0]), 1, 1};
}

converter::Shape DataSet::shape(const converter::Shape& input) const {
  const converter::Shape whole = stored(input);
  return crop ? converter::Shape{whole.channels, crop->height, crop->width} : whole;
}

std::size_t DataSet::pixel(std::size_t index, const converter::Shape& stored, int channel, int y,
                           int x) const {
  const int in_image = layout == Layout::kNhwc ? (y * stored.width + x) * stored.channels + channel
                                               : stored.index(channel, y, x);
  return index * static_cast<std::size_t>(stored.size()) + static_cast<std::size_t>(in_image);
}

std::vector<double> DataSet::image(std::size_t index, const converter::Shape& input) const {
  const base::NumberArray numbers(pixels);
  const converter::Shape whole = stored(input);
  const converter::Shape part = shape(input);
  const int top = (whole.height - part.height) / 2;
  const int left = (whole.width - part.width) / 2;
  // A vector is in the order of the file, so that it is the array reshaped.
  const bool channels_last = layout == Layout::kNhwc && takes_vectors(input);
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(part.size()));
  for (int i = 0; i < part.size(); ++i) {
    const int channel = channels_last ? i % part.channels : i / (part.height * part.width);
    const int y = (channels_last ? i / part.channels / part.width : i / part.width) % part.height;
    const int x = (channels_last ? i / part.channels : i) % part.width;
    float value = numbers.real(pixel(index, whole, channel, top + y, left + x));
    if (preprocessing == Preprocessing::kAffine) {
      value *= of_channel(scale, channel);
      value += of_channel(offset, channel);
    }
    values.push_back(static_cast<double>(value));
  }
  switch (preprocessing) {
    case Preprocessing::kUnitRange:
      for (double& value : values) value /= kPixelRange;
      break;
    case Preprocessing::kStandardize:
      standardize(values);
      break;
    case Preprocessing::kAffine:
      break;
  }
  return values;
}

DataSet load_data_set(const DataSource& source, const std::string& run_path) {
  return source.is_file() ? load_image_files(source) : load_named_data_set(source, run_path);
}

std::string content_of(const DataSet& data) {
  std::vector<std::uint8_t> content = data.pixels.data;
  for (const std::int64_t label : data.labels) {
    content.push_back(static_cast<std::uint8_t>(label));
  }
  return base::content_hash(content);
}

}  // namespace spikeloom::sim
