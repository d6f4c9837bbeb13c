// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/image_quantizer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "spikeloom/base/index.h"

namespace spikeloom::converter {
namespace {

constexpr float kMaxFloat = std::numeric_limits<float>::max();

using base::at;

bool reverses(const std::vector<ImageStep>& steps, std::size_t channel) {
  bool reversed = false;
  for (const ImageStep& step : steps) {
    switch (step.kind) {
      case ImageStep::Kind::kMultiply:
      case ImageStep::Kind::kDivide:
        reversed = reversed != (step.values[channel] < 0);
        break;
      case ImageStep::Kind::kAdd:
      case ImageStep::Kind::kClamp:
        break;
    }
  }
  return reversed;
}

/// The integer that the graph's operations give a pixel, in float32.
class PixelFunction {
 public:
  PixelFunction(const QuantizedTensor& tensor, std::size_t channel)
      : tensor_(tensor),
        channel_(channel),
        sign_(reverses(tensor.image_steps, channel) ? -1.0F : 1.0F) {}

  /// Of the pixel, negated where the steps reverse the order: the result never decreases.
  double operator()(float pixel) const {
    float value = sign_ * pixel;
    for (const ImageStep& step : tensor_.image_steps) {
      switch (step.kind) {
        case ImageStep::Kind::kMultiply:
          value *= step.values[channel_];
          break;
        case ImageStep::Kind::kDivide:
          value /= step.values[channel_];
          break;
        case ImageStep::Kind::kAdd:
          value += step.values[channel_];
          break;
        case ImageStep::Kind::kClamp:
          value = std::min(std::max(value, step.lower), step.upper);
          break;
      }
    }
    if (const auto* chain = std::get_if<RoundingChain>(&tensor_.quantizer)) {
      return chain->of_pixel(value);
    }
    const auto& lists = std::get<std::vector<std::vector<LevelThreshold>>>(tensor_.quantizer);
    double count = 0;
    if (!std::isfinite(value)) return value > 0 ? static_cast<double>(lists.front().size()) : 0;
    const Rational exact = Rational::from_double(static_cast<double>(value));
    for (const LevelThreshold& threshold : lists[lists.size() == 1 ? 0 : channel_]) {
      const bool reached = threshold.strict ? threshold.value < exact : threshold.value <= exact;
      count += reached ? 1 : 0;
    }
    return count;
  }

 private:
  const QuantizedTensor& tensor_;
  std::size_t channel_;
  float sign_;
};

/// Float32 numbers in order, as integers.
std::int64_t rank_of(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const auto magnitude = static_cast<std::int64_t>(bits & 0x7fffffffU);
  return (bits >> 31U) != 0 ? -magnitude : magnitude;
}

float number_of(std::int64_t rank) {
  const auto bits =
      static_cast<std::uint32_t>(rank < 0 ? -rank : rank) | (rank < 0 ? 0x80000000U : 0U);
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// Returns the smallest pixel with at least `level`; infinity if there is none, minus infinity if
/// all have it.
float first_pixel(const PixelFunction& function, double level) {
  if (function(kMaxFloat) < level) return std::numeric_limits<float>::infinity();
  if (function(-kMaxFloat) >= level) return -std::numeric_limits<float>::infinity();
  std::int64_t below = rank_of(-kMaxFloat);
  std::int64_t reached = rank_of(kMaxFloat);
  while (reached - below > 1) {
    const std::int64_t middle = below + (reached - below) / 2;
    (function(number_of(middle)) >= level ? reached : below) = middle;
  }
  return number_of(reached);
}

}  // namespace

QuantizedLayer image_layer(const std::string& name, const std::string& label, const Shape& shape,
                           const std::vector<ImageStep>& steps) {
  QuantizedLayer layer;
  layer.name = name;
  layer.label = label;
  layer.output = shape;
  layer.bias.assign(at(shape.channels), 0.0F);
  QuantizedTerm& term = layer.terms.emplace_back();
  term.label = label;
  term.input = shape;
  term.groups = term.outputs = shape.channels;
  auto weights = std::make_shared<GraphWeights>();
  for (std::size_t c = 0; c < at(shape.channels); ++c) {
    weights->values.push_back(reverses(steps, c) ? -1.0F : 1.0F);
  }
  term.weights = std::move(weights);
  return layer;
}

std::pair<std::optional<Integer>, std::optional<Integer>> image_range(
    const QuantizedTensor& tensor) {
  constexpr double kMaxInteger = 1 << 20;
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -lowest;
  for (std::size_t c = 0; c < at(tensor.layer.output.channels); ++c) {
    const PixelFunction function(tensor, c);
    lowest = std::min(lowest, function(-kMaxFloat));
    highest = std::max(highest, function(kMaxFloat));
  }
  std::pair<std::optional<Integer>, std::optional<Integer>> range;
  if (std::abs(lowest) <= kMaxInteger) range.first = Integer(static_cast<std::int64_t>(lowest));
  if (std::abs(highest) <= kMaxInteger) range.second = Integer(static_cast<std::int64_t>(highest));
  return range;
}

void quantize_image(const QuantizedTensor& tensor, const Integer& lowest, int levels,
                    QuantizedLayer& layer) {
  for (std::size_t c = 0; c < at(layer.output.channels); ++c) {
    const PixelFunction function(tensor, c);
    for (int i = 1; i <= levels; ++i) {
      layer.pixel_thresholds.push_back(
          first_pixel(function, (Rational(lowest, Integer(1)) + Rational(i)).to_double()));
    }
  }
}

}  // namespace spikeloom::converter
