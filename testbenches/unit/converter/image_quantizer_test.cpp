// SPDX-License-Identifier: Apache-2.0
// Tests that the host's quantizer of the image equals the graph's operators in float32, pixel by
// pixel around every threshold.
#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/index.h"
#include "spikeloom/converter/network/host_layers.h"
#include "testbenches/unit/converter/onnx_models.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::converter {
namespace {

constexpr int kChannels = 3;
constexpr int kSide = 64;
constexpr int kPixels = kSide * kSide;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

using base::at;

/// Operators from the image to its integers, and what they compute in float32.
class ImageGraph {
 public:
  explicit ImageGraph(test::Random& random)
      : random_(random), onnx_({-1, kChannels, kSide, kSide}) {
    std::string x = "image";
    const int steps = random_.between(0, 3);
    for (int i = 0; i < steps; ++i) x = add_step(x);
    quantized_ = add_quantizer(x);
  }

  OnnxBuilder& onnx() { return onnx_; }
  const std::string& quantized() const { return quantized_; }

  /// Returns what the quantized pixel of a channel stands for.
  double operator()(float pixel, std::size_t channel) const {
    float value = pixel;
    for (const Step& step : steps_) {
      const float operand = step.operand.empty() ? 0 : step.operand[channel];
      if (step.op == "Mul") value = value * operand;
      if (step.op == "Div") value = value / operand;
      if (step.op == "Add") value = value + operand;
      if (step.op == "Sub") value = value - operand;
      if (step.op == "Neg") value = -value;
      if (step.op == "Clip") value = std::min(std::max(value, step.lower), step.upper);
    }
    if (rounding_ == "Sign") return value > 0 ? 1 : value < 0 ? -1 : 0;
    if (rounding_ == "Floor") return static_cast<double>(std::floor(value));
    if (rounding_ == "Ceil") return static_cast<double>(std::ceil(value));
    if (rounding_ == "Round") return static_cast<double>(std::nearbyint(value));
    const float integer = std::nearbyint(value / scale_) + static_cast<float>(zero_);
    const float saturated = std::min(std::max(integer, lowest_), lowest_ + 255);
    return (static_cast<double>(saturated) - zero_) * static_cast<double>(scale_);
  }

 private:
  struct Step {
    std::string op;
    std::vector<float> operand;
    float lower = 0;
    float upper = 0;
  };

  std::string add_step(const std::string& x) {
    Step step;
    static const char* const kOps[] = {"Mul", "Div", "Add", "Sub", "Neg", "Clip"};
    step.op = kOps[random_.between(0, 5)];
    if (step.op == "Neg") {
      steps_.push_back(step);
      return onnx_.node("Neg", {x});
    }
    if (step.op == "Clip") {
      step.lower = random_.real(-2, 0);
      step.upper = random_.real(0.5F, 3);
      steps_.push_back(step);
      return clip(onnx_, x, step.lower, step.upper);
    }
    const bool scales = step.op == "Mul" || step.op == "Div";
    if (random_.chance(50)) {
      step.operand = random_.reals(kChannels, 0.25F, 4);
      if (random_.chance(30)) step.operand[1] = -step.operand[1];
    } else {
      step.operand.assign(kChannels, random_.real(0.25F, 2) * (random_.chance(30) ? -1.0F : 1.0F));
    }
    if (!scales && random_.chance(30)) step.operand.assign(kChannels, 0.0F);
    steps_.push_back(step);
    const bool uniform = std::count(step.operand.begin(), step.operand.end(), step.operand[0]) == 3;
    return onnx_.node(step.op, {x, uniform ? onnx_.scalar(step.operand[0])
                                           : onnx_.floats({kChannels, 1, 1}, step.operand)});
  }

  std::string add_quantizer(const std::string& x) {
    if (random_.chance(60)) {
      scale_ = random_.chance(30) ? 1.0F / 255 : random_.real(0.005F, 0.2F);
      std::string zero;
      if (random_.chance(60)) {
        zero_ = random_.between(-128, 127);
        lowest_ = -128;
        zero = onnx_.bytes({}, {static_cast<std::int8_t>(zero_)});
      } else {
        zero_ = random_.between(0, 255);
        zero = onnx_.unsigned_bytes({}, {static_cast<std::uint8_t>(zero_)});
      }
      const auto q = onnx_.node("QuantizeLinear", {x, onnx_.scalar(scale_), zero});
      return onnx_.node("DequantizeLinear", {q, onnx_.scalar(scale_), zero});
    }
    static const char* const kRoundings[] = {"Round", "Floor", "Ceil", "Sign"};
    rounding_ = kRoundings[random_.between(0, 3)];
    if (rounding_ == "Sign") return onnx_.node("Sign", {x});
    Step bounds;
    bounds.op = "Clip";
    bounds.lower = static_cast<float>(random_.between(-9, -1));
    bounds.upper = static_cast<float>(random_.between(1, 12)) + 0.5F;
    Step scale;
    scale.op = "Mul";
    scale.operand.assign(kChannels, random_.real(1, 8));
    steps_.push_back(scale);
    steps_.push_back(bounds);
    return onnx_.node(
        rounding_, {clip(onnx_, multiply(onnx_, x, scale.operand[0]), bounds.lower, bounds.upper)});
  }

  test::Random& random_;
  OnnxBuilder onnx_;
  std::string quantized_;
  std::vector<Step> steps_;
  std::string rounding_;
  float scale_ = 1;
  int zero_ = 0;
  float lowest_ = 0;
};

/// Returns the neighbour `steps` float32 numbers further.
float stepped(float value, int steps) {
  for (; steps > 0; --steps) value = std::nextafter(value, kInfinity);
  for (; steps < 0; ++steps) value = std::nextafter(value, -kInfinity);
  return value;
}

/// Returns pixels around the given numbers, [channel][number], and random ones.
std::vector<double> image_around(test::Random& random,
                                 const std::vector<std::vector<float>>& centers) {
  std::vector<double> image;
  for (int c = 0; c < kChannels; ++c) {
    const std::vector<float>& around = centers[at(c)];
    const int each =
        around.empty() ? 0 : std::max(1, (kPixels - 64) / static_cast<int>(around.size()));
    for (int i = 0; i < kPixels; ++i) {
      float pixel = random.real(-3, 3);
      if (each > 0 && i / each < static_cast<int>(around.size())) {
        pixel = stepped(around[at(i / each)], i % each - each / 2);
      }
      if (i == kPixels - 1) pixel = std::numeric_limits<float>::max();
      if (i == kPixels - 2) pixel = std::numeric_limits<float>::lowest();
      if (i == kPixels - 3) pixel = 0;
      if (i == kPixels - 4) pixel = -0.0F;
      if (i == kPixels - 5) pixel = std::numeric_limits<float>::denorm_min();
      image.push_back(static_cast<double>(pixel));
    }
  }
  return image;
}

TEST(ImageQuantizer, EqualsTheGraphInFloat32AtAllPixels) {
  long pixels = 0;
  int constant = 0;
  int reversed = 0;
  int thresholds = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    SCOPED_TRACE(seed);
    test::Random random(seed);
    ImageGraph graph(random);
    OnnxBuilder& onnx = graph.onnx();
    last_layer(onnx, onnx.node("GlobalMaxPool", {graph.quantized()}), kChannels);
    SpikingNetwork network;
    try {
      network = convert(onnx);
    } catch (const base::UserError& error) {
      // Bounds and saturation may leave one integer.
      ASSERT_THAT(error.what(), ::testing::HasSubstr("has 0 levels above the lowest"));
      ++constant;
      continue;
    }
    const HostEncoder& encoder = network.encoder;
    const int levels = encoder.quantizer.levels;
    ASSERT_EQ(encoder.thresholds.size(), at(kChannels * levels));
    std::vector<std::vector<float>> centers(kChannels);
    for (int c = 0; c < kChannels; ++c) {
      reversed += encoder.weights[at(c)] < 0 ? 1 : 0;
      for (int i = 0; i < levels; ++i) {
        const auto threshold = static_cast<float>(encoder.thresholds[at(c * levels + i)]);
        ASSERT_EQ(static_cast<double>(threshold), encoder.thresholds[at(c * levels + i)]);
        if (!std::isfinite(threshold)) continue;
        centers[at(c)].push_back(encoder.weights[at(c)] * threshold);
        ++thresholds;
      }
    }
    const std::vector<double> image = image_around(random, centers);
    std::vector<std::uint8_t> found(image.size());
    Encoder(encoder).encode(image.data(), found.data());
    for (std::size_t i = 0; i < image.size(); ++i) {
      const double expected = graph(static_cast<float>(image[i]), i / kPixels);
      ASSERT_EQ(encoder.quantizer.offset + encoder.quantizer.step * found[i], expected)
          << "pixel " << image[i] << " channel " << i / kPixels;
    }
    pixels += static_cast<long>(image.size());
  }
  EXPECT_LT(constant, 12);
  EXPECT_GT(pixels, 1000000);
  EXPECT_GT(reversed, 60);
  EXPECT_GT(thresholds, 10000);
}

// The same quantizers before a first layer on the host: its convolution sees the same numbers.
TEST(ImageQuantizer, EqualsTheGraphBeforeAFirstLayerOnTheHost) {
  int reversed = 0;
  for (std::uint64_t seed = 1000; seed < 1060; ++seed) {
    SCOPED_TRACE(seed);
    test::Random random(seed);
    ImageGraph graph(random);
    OnnxBuilder& onnx = graph.onnx();
    // Each channel by itself, to 3 levels.
    const auto weights = onnx.floats({kChannels, 1, 1, 1}, {0.7F, 1.3F, -1.1F});
    const auto sum = onnx.node("Conv", {graph.quantized(), weights}, {{"group", std::int64_t{3}}});
    const auto first = floor_half_up(onnx, clip(onnx, sum, 0, 3));
    last_layer(onnx, onnx.node("GlobalMaxPool", {first}), kChannels);
    const test::TemporaryFile file(onnx.serialize(), ".onnx");
    ImportOptions options;
    options.first_layer = FirstLayer::kHost;
    const SpikingNetwork network = import_onnx(file.path(), options).network;
    const HostEncoder& encoder = network.encoder;
    ASSERT_TRUE(encoder.pixel_quantizer);
    const int levels = encoder.pixel_quantizer->quantizer.levels;
    std::vector<std::vector<float>> centers(kChannels);
    for (int c = 0; c < kChannels; ++c) {
      const float sign = encoder.pixel_steps.empty() ? 1 : encoder.pixel_steps[0].values[at(c)];
      reversed += sign < 0 ? 1 : 0;
      for (int i = 0; i < levels; ++i) {
        const float threshold = encoder.pixel_quantizer->thresholds[at(c * levels + i)];
        if (std::isfinite(threshold)) centers[at(c)].push_back(sign * threshold);
      }
    }
    const std::vector<double> image = image_around(random, centers);
    std::vector<std::uint8_t> found(image.size());
    Encoder(encoder).encode(image.data(), found.data());
    const std::vector<float> factors = {0.7F, 1.3F, -1.1F};
    for (std::size_t i = 0; i < image.size(); ++i) {
      const std::size_t c = i / kPixels;
      const double y = static_cast<double>(factors[c]) * graph(static_cast<float>(image[i]), c);
      ASSERT_EQ(found[i], std::floor(std::clamp(y, 0.0, 3.0) + 0.5))
          << image[i] << " channel " << c;
    }
  }
  EXPECT_GT(reversed, 30);
}

TEST(ImageQuantizer, PaddingOfTheImageIsQuantizedWithIt) {
  // Pad by 0, which stands for 0.25 after the addition and for 0.5 after the quantizer.
  const auto refusal = [](float value, float addend) {
    OnnxBuilder o({-1, 1, 4, 4});
    const auto pads = o.integers({8}, {0, 0, 1, 1, 0, 0, 1, 1});
    const auto padded = o.node("Pad", {"image", pads, o.scalar(value)});
    const auto shifted = o.node("Add", {padded, o.scalar(addend)});
    const auto q = o.node("QuantizeLinear", {shifted, o.scalar(0.5F)});
    const auto x = o.node("DequantizeLinear", {q, o.scalar(0.5F)});
    const auto sum = o.node("Conv", {x, o.floats({2, 1, 6, 6}, std::vector<float>(72, 1))});
    last_layer(o, four_spike(o, sum), 2);
    try {
      const SpikingNetwork network = convert(o);
      EXPECT_EQ(network.layers[0].terms[0].window.pad_left, 1);
    } catch (const base::UserError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal(0, 0.25F), "");  // 0.5 is a tie: to 0
  EXPECT_NE(refusal(0, 0.375F).find("the padding before it stands for 0.5; accepted: zero padding"),
            std::string::npos);
  EXPECT_EQ(refusal(-0.375F, 0.375F), "");
}

}  // namespace
}  // namespace spikeloom::converter
