// SPDX-License-Identifier: Apache-2.0
// Bounds and levels are numbers that are known before any image: what a rounding makes of them is
// what the graph's own tool makes of them, in float32. The tests compute it in float32, too.
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/converter/recognize/rounding.h"
#include "testbenches/unit/converter/onnx_comparison.h"
#include "testbenches/unit/converter/onnx_models.h"

namespace spikeloom::converter {
namespace {

constexpr int kPixels = 16;

std::vector<float> random_steps(int count) { return test::Random(3).reals(count, 0.01F, 1.0F); }

/// Returns the value of each channel of the last layer, which all its neurons have.
std::vector<double> channel_values(const SpikingNetwork& network, double pixel) {
  const Activity activity(network, std::vector<double>(kPixels, pixel));
  const SpikingLayer& layer = network.layers.back();
  std::vector<double> values;
  for (int c = 0; c < layer.output.channels; ++c) {
    const int neuron = layer.output.index(c, 0, 0);
    values.push_back(layer.quantizer.offset +
                     layer.quantizer.step *
                         activity.result.levels.back()[static_cast<std::size_t>(neuron)]);
  }
  return values;
}

/// Converts an image of levels 0 and 1, a convolution to two channels of +1000 and -1000 for level
/// 1, and `after`.
SpikingNetwork convert_saturated(const Part& after) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto image = o.node("Clip", {o.node("Round", {"image"}), o.scalar(0), o.scalar(1)});
  const auto sum = o.node("Conv", {image, o.floats({2, 1, 1, 1}, {1000, -1000})}, {}, "sum");
  last_layer(o, after(o, sum), 2 * kPixels);
  return convert(o);
}

TEST(KnownBounds, AreRoundedInFloat32) {
  int differences = 0;  // from exact arithmetic
  for (const float step : random_steps(60)) {
    for (const char* rounding : {"Ceil", "Floor", "Round"}) {
      SCOPED_TRACE(rounding + std::to_string(step));
      const float lower = -50 * step;
      const float upper = 49 * step;
      const float inverse = 1 / step;
      const auto expected = [&](float bound) {
        const float product = bound * inverse;
        const float rounded = rounding[0] == 'C'   ? std::ceil(product)
                              : rounding[0] == 'F' ? std::floor(product)
                                                   : std::nearbyint(product);
        const double exact = static_cast<double>(bound) * static_cast<double>(inverse);
        const double other = rounding[0] == 'C'   ? std::ceil(exact)
                             : rounding[0] == 'F' ? std::floor(exact)
                                                  : std::nearbyint(exact);
        differences += static_cast<double>(rounded) != other;
        return static_cast<double>(rounded);
      };
      const std::vector<double> both = {expected(upper), expected(lower)};
      const SpikingNetwork network = convert_saturated([&](OnnxBuilder& o, const std::string& x) {
        return o.node(rounding, {multiply(o, clip(o, x, lower, upper), inverse)});
      });
      EXPECT_EQ(channel_values(network, 1), both);
      // Factors by channel, which keep the bounds among the steps.
      const SpikingNetwork by_channel =
          convert_saturated([&](OnnxBuilder& o, const std::string& x) {
            const auto factors = o.floats({1, 2, 1, 1}, {inverse, 1});
            const auto scaled = o.node("Mul", {clip(o, x, lower, upper), factors});
            return o.node(rounding, {scaled});
          });
      EXPECT_EQ(channel_values(by_channel, 1)[0], both[0]);
      // A negative factor turns the bounds round.
      const SpikingNetwork negative = convert_saturated([&](OnnxBuilder& o, const std::string& x) {
        const auto factors = o.floats({1, 2, 1, 1}, {-1, -inverse});
        const auto scaled = o.node("Mul", {clip(o, x, lower, upper), factors});
        return o.node(rounding, {scaled});
      });
      EXPECT_EQ(channel_values(negative, 1)[1], expected(-lower));
    }
  }
  EXPECT_GT(differences, 20);
}

// A number just beyond a bound that rounding in float32 keeps from the next level is beyond it,
// too.
TEST(KnownBounds, AreWhereTheLevelBeyondThemBegins) {
  const float step = 0.1F;
  ASSERT_EQ(std::ceil(3 * step * (1 / step)), 3);
  RoundingChain chain{{{}}};
  UniformRounding& rounding = chain.links[0].rounding;
  rounding.rounding = Rounding::kCeil;
  chain.lower = Rational(3);
  chain.upper = Rational(5);
  EXPECT_EQ(chain.threshold(4).value, Rational(3));
  EXPECT_TRUE(chain.threshold(4).strict);
  rounding.addend = Rational(Integer(1), Integer(2));  // 3 would be level 4 already
  EXPECT_EQ(chain.threshold(4).value, Rational(3));
  EXPECT_TRUE(chain.threshold(4).strict);
  EXPECT_EQ(chain.threshold(5).value, Rational(Integer(7), Integer(2)));
  rounding.addend = Rational(Integer(-3), Integer(2));  // 5 would be level 4
  EXPECT_EQ(chain.threshold(5).value, Rational(5));
  EXPECT_FALSE(chain.threshold(5).strict);
}

TEST(KnownBounds, OfThresholdsGivenInTheFile) {
  // Exact arithmetic does not reach the last threshold.
  const float factor = 0.3F;
  float bound = 1.1F;
  while (static_cast<double>(bound) * static_cast<double>(factor) >=
         static_cast<double>(bound * factor)) {
    bound += 0.1F;
  }
  const float product = bound * factor;
  const SpikingNetwork network = convert_saturated([&](OnnxBuilder& o, const std::string& x) {
    const auto scaled = multiply(o, clip(o, x, -bound, bound), factor);
    return o.node_of("qonnx.custom_op.general", "MultiThreshold",
                     {scaled, o.floats({1, 2}, {0, product})}, {}, "levels");
  });
  EXPECT_EQ(channel_values(network, 1), (std::vector<double>{2, 0}));
}

/// Compares a layer that rounds the levels 0 .. 15 of the image with `expected`, for each.
void expect_levels(const Part& after,
                   const std::function<double(int level, int channel)>& expected) {
  OnnxBuilder o({-1, 1, 4, 4});
  const auto image = o.node("Clip", {o.node("Round", {"image"}), o.scalar(0), o.scalar(15)});
  const auto both = o.node("Conv", {image, o.floats({2, 1, 1, 1}, {1, 1})}, {}, "sum");
  last_layer(o, after(o, clip(o, o.node("Round", {both}), 0, 15)), 2 * kPixels);
  const SpikingNetwork network = convert(o);
  for (int level = 0; level <= 15; ++level) {
    const std::vector<double> values = channel_values(network, level);
    for (int c = 0; c < 2; ++c) {
      EXPECT_EQ(values[static_cast<std::size_t>(c)], expected(level, c))
          << "level " << level << ", channel " << c;
    }
  }
}

TEST(KnownLevels, AreRoundedAgainInFloat32) {
  int differences = 0;
  for (const float step : random_steps(40)) {
    SCOPED_TRACE(step);
    const float inverse = 1 / step;
    const auto in_float = [&](int level) {
      const float value = static_cast<float>(level) * step * inverse;
      differences += static_cast<double>(std::floor(value)) !=
                     std::floor(level * static_cast<double>(step) * static_cast<double>(inverse));
      return static_cast<double>(std::floor(value));
    };
    // All are rounded to themselves, or are levels of their own.
    expect_levels(
        [&](OnnxBuilder& o, const std::string& x) {
          return o.node("Floor", {multiply(o, multiply(o, x, step), inverse)});
        },
        [&](int level, int) { return in_float(level); });
    // Likewise by channel.
    expect_levels(
        [&](OnnxBuilder& o, const std::string& x) {
          const auto factors = o.floats({1, 2, 1, 1}, {inverse, 0.25F});
          return o.node("Floor", {o.node("Mul", {multiply(o, x, step), factors})});
        },
        [&](int level, int c) {
          return c == 0 ? in_float(level)
                        : static_cast<double>(std::floor(static_cast<float>(level) * step * 0.25F));
        });
  }
  EXPECT_GT(differences, 20);
}

// Integers that are too many for levels are rounded once more at once.
TEST(KnownLevels, OfManyIntegers) {
  OnnxBuilder o({-1, 1, 4, 4});
  const float step = 0.9F;
  const float inverse = 1 / 4.5F;
  const auto image = o.node("Clip", {o.node("Round", {"image"}), o.scalar(0), o.scalar(140)});
  const auto sum = o.node("Conv", {image, o.floats({1, 1, 1, 1}, {7})}, {}, "sum");
  const auto fine = multiply(o, o.node("Floor", {sum}), step);
  last_layer(o, clip(o, o.node("Floor", {multiply(o, fine, inverse)}), 0, 200), kPixels);
  const SpikingNetwork network = convert(o);
  int differences = 0;
  for (int pixel = 0; pixel <= 140; ++pixel) {
    const float value = static_cast<float>(7 * pixel) * step * inverse;
    EXPECT_EQ(channel_values(network, pixel)[0], static_cast<double>(std::floor(value))) << pixel;
    differences += std::floor(value) !=
                   std::floor(7 * pixel * static_cast<double>(step) * static_cast<double>(inverse));
  }
  EXPECT_GT(differences, 0);
}

}  // namespace
}  // namespace spikeloom::converter
