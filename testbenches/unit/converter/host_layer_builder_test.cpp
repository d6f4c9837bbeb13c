// SPDX-License-Identifier: Apache-2.0
// Tests the host's layers: what they compute equals the graph's layer.
#include "spikeloom/converter/network/host_layer_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/index.h"
#include "spikeloom/converter/network/host_layers.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::converter {
namespace {

using ::testing::HasSubstr;
using Kind = ChannelStep::Kind;
using Levels = std::vector<std::uint8_t>;

constexpr const char* kFile = "model.onnx";

using base::at;

Rational fraction(std::int64_t numerator, std::int64_t denominator) {
  return Rational(numerator) / Rational(denominator);
}

ChannelStep step(Kind kind, std::vector<double> values) {
  ChannelStep result;
  result.kind = kind;
  result.label = "node \"step\" (Step)";
  result.values = std::move(values);
  return result;
}

/// A last layer of `classes` scores over sources of the given shapes, with weights code * scale.
struct Scores {
  GraphOutput output;
  std::vector<int> codes;  ///< [class][input]
  std::vector<float> scales;
  int inputs = 0;

  /// Returns sum of code * (offset + step * A) of a class.
  Rational sum(const Decoding& decoding, const Levels& levels, int score) const {
    std::int64_t ones = 0;
    std::int64_t products = 0;
    for (int i = 0; i < inputs; ++i) {
      const int code = codes[at(score * inputs + i)];
      ones += code;
      products += code * levels[at(i)];
    }
    return decoding.offset * Rational(ones) + decoding.step * Rational(products);
  }
};

/// Returns dense scores. With `coded` the file gives the integers.
Scores scores_of(test::Random& random, const std::vector<Shape>& sources, int classes, bool coded,
                 bool one_scale) {
  Scores result;
  QuantizedLayer& layer = result.output.sum;
  layer.name = layer.label = "last";
  layer.output = {classes, 1, 1};
  layer.bias.assign(at(classes), 0);
  for (const Shape& shape : sources) result.inputs += shape.size();
  const float common = random.real(0.001F, 0.1F);
  for (int s = 0; s < classes; ++s) {
    result.scales.push_back(one_scale ? common
                                      : common * static_cast<float>(1 << random.between(0, 3)));
    for (int i = 0; i < result.inputs; ++i) result.codes.push_back(random.between(-127, 127));
    // Few weights, for equal scores; the code 1 keeps the codes without a common divisor.
    for (int i = 0; i < result.inputs; ++i) {
      if (random.chance(60)) result.codes[at(s * result.inputs + i)] = random.between(-1, 1);
    }
    result.codes[at(s * result.inputs)] = 1;
  }
  int first = 0;
  for (std::size_t t = 0; t < sources.size(); ++t) {
    QuantizedTerm& term = layer.terms.emplace_back();
    term.label = "last";
    term.source = static_cast<int>(t);
    term.input = sources[t];
    term.window.kernel_height = sources[t].height;
    term.window.kernel_width = sources[t].width;
    term.outputs = classes;
    auto weights = std::make_shared<GraphWeights>();
    for (int s = 0; s < classes; ++s) {
      if (coded) weights->scales.push_back(static_cast<double>(result.scales[at(s)]));
      for (int i = 0; i < sources[t].size(); ++i) {
        const int code = result.codes[at(s * result.inputs + first + i)];
        weights->values.push_back(static_cast<float>(code) * result.scales[at(s)]);
        if (coded) weights->codes.push_back(code);
      }
    }
    term.weights = std::move(weights);
    first += sources[t].size();
  }
  return result;
}

Levels random_levels(test::Random& random, int count, int maximum) {
  Levels levels;
  for (int i = 0; i < count; ++i) {
    levels.push_back(static_cast<std::uint8_t>(random.between(0, maximum)));
  }
  return levels;
}

TEST(ReadoutBuilder, EqualScoresStayEqual) {
  test::Random random(1);
  int ties = 0;
  int signed_levels = 0;
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const int classes = random.between(2, 5);
    const bool coded = random.chance(50);
    // One scale per class, 1, 2, 4 or 8 times one number.
    const Scores scores =
        scores_of(random, {{random.between(1, 3), 1, 2}}, classes, coded, random.chance(50));
    Decoding decoding;
    decoding.step = Rational::from_double(static_cast<double>(random.real(0.01F, 1.0F)));
    if (random.chance(60)) decoding.offset = decoding.step * Rational(-random.between(1, 128));
    signed_levels += decoding.offset.sign() < 0 ? 1 : 0;
    const Quantizer last{255, decoding.step.to_double(), decoding.offset.to_double()};
    const HostReadout layer = build_readout(scores.output, decoding, last, kFile);
    const Readout readout(layer, last);
    for (int image = 0; image < 20; ++image) {
      const Levels levels = random_levels(random, scores.inputs, random.between(1, 8));
      const std::vector<double> found = readout.scores(levels.data());
      std::vector<Rational> expected;
      for (int s = 0; s < classes; ++s) {
        expected.push_back(scores.sum(decoding, levels, s) *
                           Rational::from_double(static_cast<double>(scores.scales[at(s)])));
      }
      for (std::size_t a = 0; a < expected.size(); ++a) {
        EXPECT_NEAR(found[a], expected[a].to_double(), 1e-6 * (1 + std::abs(found[a])));
        for (std::size_t b = 0; b < a; ++b) {
          EXPECT_EQ(found[a] < found[b], expected[a] < expected[b]);
          EXPECT_EQ(found[a] == found[b], expected[a] == expected[b]);
          ties += expected[a] == expected[b] ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(ties, 300);
  EXPECT_GT(signed_levels, 100);
}

// A class that reads one of two sources alone keeps the scale of its weights.
TEST(ReadoutBuilder, AClassMayHaveNoWeightsOverASource) {
  for (const int without : {0, 1}) {
    SCOPED_TRACE(without);
    test::Random random(2);
    Scores scores = scores_of(random, {{2, 1, 1}, {2, 1, 1}}, 3, false, true);
    for (QuantizedTerm& term : scores.output.sum.terms) {
      auto weights = std::make_shared<GraphWeights>();
      weights->values = {0.3F, 0.6F, 0.3F, -0.3F, 3 * 0.3F, 0.3F};
      if (term.source == without) weights->values[2] = weights->values[3] = 0;
      term.weights = std::move(weights);
    }
    const Decoding decoding{fraction(1, 3), fraction(-1, 3)};
    const Quantizer last{3, decoding.step.to_double(), decoding.offset.to_double()};
    const Readout readout(build_readout(scores.output, decoding, last, kFile), last);
    const Levels levels = {0, 3, 2, 1};
    const std::vector<double> activations = {-1.0 / 3, 2.0 / 3, 1.0 / 3, 0};
    const std::vector<std::vector<double>> rows = {
        {1, 2, 1, 2},
        without == 0 ? std::vector<double>{0, 0, 1, -1} : std::vector<double>{1, -1, 0, 0},
        {3, 1, 3, 1}};
    const std::vector<double> found = readout.scores(levels.data());
    for (std::size_t s = 0; s < rows.size(); ++s) {
      double sum = 0;
      for (std::size_t i = 0; i < 4; ++i) sum += rows[s][i] * activations[i];
      EXPECT_NEAR(found[s], sum * static_cast<double>(0.3F), 1e-7) << s;
    }
  }
}

TEST(ReadoutBuilder, StepsAfterTheSum) {
  test::Random random(3);
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    const int classes = random.between(1, 4);
    Scores scores = scores_of(random, {{3, 1, 1}}, classes, random.chance(50), false);
    const auto numbers = [&](float minimum, float maximum) {
      const std::vector<float> values = random.reals(classes, minimum, maximum);
      return std::vector<double>(values.begin(), values.end());
    };
    QuantizedLayer& layer = scores.output.sum;
    layer.bias = random.reals(classes, -1, 1);
    const int steps = random.between(0, 3);
    for (int s = 0; s < steps; ++s) {
      const int kind = random.between(0, 3);
      if (kind == 0) layer.steps.push_back(step(Kind::kMultiply, numbers(-2, 2)));
      if (kind == 1) layer.steps.push_back(step(Kind::kDivide, numbers(0.25F, 2)));
      if (kind == 2) layer.steps.push_back(step(Kind::kAdd, numbers(-2, 2)));
      if (kind == 3) {
        layer.steps.push_back(step(Kind::kNormalize, numbers(-2, 2)));
        layer.steps.back().beta = numbers(-1, 1);
        layer.steps.back().mean = numbers(-1, 1);
        layer.steps.back().variance = numbers(0.1F, 2);
        layer.steps.back().epsilon = 1e-5;
      }
    }
    Decoding decoding;
    decoding.step = random.chance(50) ? Rational::power_of_two(-random.between(0, 3))
                                      : fraction(random.between(1, 9), 7);
    if (random.chance(30)) decoding.offset = fraction(random.between(-9, 9), 5);
    const Quantizer last{7, decoding.step.to_double(), decoding.offset.to_double()};
    const Readout readout(build_readout(scores.output, decoding, last, kFile), last);
    const Levels levels = random_levels(random, scores.inputs, 7);
    const std::vector<double> found = readout.scores(levels.data());
    for (int s = 0; s < classes; ++s) {
      double y =
          scores.sum(decoding, levels, s).to_double() * static_cast<double>(scores.scales[at(s)]) +
          static_cast<double>(layer.bias[at(s)]);
      for (const ChannelStep& each : layer.steps) {
        const double value = each.values[at(s)];
        if (each.kind == Kind::kMultiply) y *= value;
        if (each.kind == Kind::kDivide) y /= value;
        if (each.kind == Kind::kAdd) y += value;
        if (each.kind == Kind::kNormalize) {
          y = value * (y - each.mean[at(s)]) / std::sqrt(each.variance[at(s)] + each.epsilon) +
              each.beta[at(s)];
        }
      }
      EXPECT_NEAR(found[at(s)], y, 1e-5 * (1 + std::abs(y)));
    }
  }
}

TEST(ReadoutBuilder, ScoresMayBeAnImageInAnyOrder) {
  // Two channels of 1x2 outputs over 2x1x3 levels, depthwise, with a padding tap on the left.
  GraphOutput output;
  QuantizedLayer& layer = output.sum;
  layer.name = layer.label = "last";
  QuantizedTerm& term = layer.terms.emplace_back();
  term.source = 0;
  term.input = {2, 1, 3};
  term.groups = term.outputs = 2;
  term.window.kernel_width = term.window.stride_x = 2;
  term.window.pad_left = 1;
  layer.output = output_shape(term.window, term.input, 2);
  layer.bias = {0.5F, 0};
  auto weights = std::make_shared<GraphWeights>();
  weights->values = {0.25F, 3, -1.1F, 0.7F};
  term.weights = weights;
  output.order = {3, 0, 1, 2};
  const Quantizer last = Quantizer::of_precision(1, 4, Rounding::kHalfUp);
  const HostReadout readout = build_readout(output, {fraction(1, 2), Rational(0)}, last, kFile);
  EXPECT_EQ(readout.classes, 4);
  EXPECT_EQ(readout.inputs, 6);
  EXPECT_EQ(readout.weights, (std::vector<float>{0, 0,     0, 0,    -1.1F, 0.7F,  //
                                                 3, 0,     0, 0,    0,     0,     //
                                                 0, 0.25F, 3, 0,    0,     0,     //
                                                 0, 0,     0, 0.7F, 0,     0}));
  EXPECT_EQ(readout.bias, (std::vector<double>{0, 0.5, 0.5, 0}));
  EXPECT_TRUE(readout.scale.empty());
  EXPECT_TRUE(readout.constant.empty());
}

TEST(ReadoutBuilder, RefusesBoundsAndTooManyWeights) {
  const auto refusal = [](const GraphOutput& output) {
    try {
      build_readout(output, {}, Quantizer(), kFile);
    } catch (const base::UserError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  test::Random random(4);
  GraphOutput output = scores_of(random, {{1, 1, 1}}, 2, false, true).output;
  ChannelStep clamp = step(Kind::kClamp, {});
  clamp.lower = Rational(0);
  output.sum.steps.push_back(clamp);
  EXPECT_EQ(
      refusal(output),
      "model.onnx: node \"step\" (Step): it bends the class scores; accepted: scores that are a "
      "sum");
  output = scores_of(random, {{1, 1, 1}}, 2, false, true).output;
  output.sum.terms[0].input = {1 << 12, 1 << 7, 1 << 7};
  output.sum.output = {2, 1 << 7, 1 << 7};
  EXPECT_THAT(refusal(output),
              HasSubstr("model.onnx: last: the host's last layer has 32768 scores of "
                        "67108864 inputs; accepted: at most 67108864 weights"));
}

TEST(ReadoutBuilder, SourcesAreInTheOrderOfTheInputs) {
  test::Random random(5);
  GraphOutput output = scores_of(random, {{1, 1, 1}, {1, 1, 1}}, 2, false, true).output;
  output.sum.terms[0].decoding = {fraction(1, 3), Rational(-1)};
  const std::vector<DecodedSource> sources = readout_sources(output, kFile);
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[0].layer, 0);
  EXPECT_EQ(sources[0].decoding.step, fraction(1, 3));
  EXPECT_EQ(sources[0].decoding.offset, Rational(-1));
  EXPECT_EQ(sources[1].layer, 1);
  output.sum.terms[1].source = 0;
  EXPECT_EQ(readout_sources(output, kFile).at(1).layer, 0);
  output.sum.terms[1].multiply(0, Rational(2));
  EXPECT_THROW(readout_sources(output, kFile), base::UserError);
}

/// A network with source layers whose outputs are of these shapes and levels.
SpikingNetwork network_of(const std::vector<Shape>& shapes, const std::vector<int>& levels) {
  SpikingNetwork network;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    SpikingLayer& layer = network.layers.emplace_back();
    layer.output = shapes[i];
    layer.quantizer.levels = levels[i];
  }
  return network;
}

/// Returns the level that a layer gives a channel of a source at `level`.
int level_of(const SpikingLayer& layer, std::size_t term, int level) {
  const Term& from = layer.terms[term];
  const int potential = from.repeat * from.weights[0] * level;
  const std::int32_t* thresholds = layer.thresholds_of(from.first_output, 0, 0);
  int reached = 0;
  for (int i = 0; i < layer.levels(); ++i) reached += potential >= thresholds[i] ? 1 : 0;
  return reached;
}

// Each level of each source becomes the level of the concatenation that stands for the same number.
TEST(Concatenation, KeepsAllValues) {
  test::Random random(6);
  int accepted = 0;
  for (int i = 0; i < 500; ++i) {
    SCOPED_TRACE(i);
    const int count = random.between(1, 3);
    std::vector<Shape> shapes;
    std::vector<int> levels;
    std::vector<DecodedSource> sources;
    const Rational unit = fraction(random.between(1, 9), random.between(1, 9));
    for (int s = 0; s < count; ++s) {
      shapes.push_back({random.between(1, 3), 2, 3});
      levels.push_back(random.between(1, 20));
      const int ratio = random.between(1, 6) * (random.chance(20) ? -1 : 1);
      sources.push_back({s, {unit * Rational(ratio), unit * Rational(random.between(-30, 30))}});
      if (random.chance(10)) sources.back().decoding.offset = fraction(1, 7);
    }
    const SpikingNetwork network = network_of(shapes, levels);
    Decoding decoding;
    SpikingLayer layer;
    try {
      layer = concatenation(network, sources, "whole", decoding);
    } catch (const std::invalid_argument& error) {
      EXPECT_STREQ(error.what(), "have more than 255 levels of the smallest step");
      continue;
    }
    ++accepted;
    EXPECT_EQ(layer.name, "whole");
    EXPECT_GT(decoding.step.sign(), 0);
    EXPECT_EQ(layer.quantizer.step, decoding.step.to_double());
    EXPECT_EQ(layer.quantizer.offset, decoding.offset.to_double());
    ASSERT_EQ(layer.terms.size(), sources.size());
    int channels = 0;
    int top = 0;
    int bottom = 255;
    for (std::size_t s = 0; s < sources.size(); ++s) {
      EXPECT_EQ(layer.terms[s].source, static_cast<int>(s));
      EXPECT_EQ(layer.terms[s].first_output, channels);
      channels += shapes[s].channels;
      for (int level = 0; level <= levels[s]; ++level) {
        const Decoding& from = sources[s].decoding;
        const int now = level_of(layer, s, level);
        ASSERT_EQ(decoding.offset + decoding.step * Rational(now),
                  from.offset + from.step * Rational(level));
        top = std::max(top, now);
        bottom = std::min(bottom, now);
      }
    }
    EXPECT_EQ(layer.output.channels, channels);
    EXPECT_EQ(layer.levels(), top);  // no level is for nothing
    EXPECT_EQ(bottom, 0);
  }
  EXPECT_GT(accepted, 300);
}

TEST(Concatenation, RefusesPlanesOfDifferentSizes) {
  Decoding decoding;
  EXPECT_THROW(concatenation(network_of({{1, 2, 2}, {1, 2, 3}}, {1, 1}), {{0, {}}, {1, {}}},
                             "whole", decoding),
               std::invalid_argument);
}

/// Returns a first layer of one dense output over `inputs` pixels.
QuantizedLayer first_layer(int inputs, const std::vector<LevelThreshold>& thresholds) {
  QuantizedLayer layer;
  layer.name = "first";
  layer.label = "node \"first\" (Conv)";
  layer.output = {1, 1, 1};
  layer.bias = {0};
  QuantizedTerm& term = layer.terms.emplace_back();
  term.input = {inputs, 1, 1};
  term.outputs = 1;
  auto weights = std::make_shared<GraphWeights>();
  weights->values.assign(at(inputs), 1);
  term.weights = std::move(weights);
  layer.quantizer.emplace();
  layer.quantizer->rounding = Rounding::kThresholds;
  layer.quantizer->thresholds = {thresholds};
  return layer;
}

int encode(const HostEncoder& encoder, const std::vector<double>& image) {
  std::uint8_t level = 0;
  Encoder(encoder).encode(image.data(), &level);
  return level;
}

// Thresholds are the smallest doubles that reach the exact ones.
TEST(EncoderBuilder, ExplicitThresholdsAreExact) {
  const std::vector<LevelThreshold> thresholds = {{fraction(-1, 3), false},
                                                  {Rational(0), true},
                                                  {fraction(1, 10), false},
                                                  {Rational(1), false},
                                                  {Rational(1), true}};
  const HostEncoder encoder = build_encoder(first_layer(1, thresholds), kFile);
  ASSERT_EQ(encoder.thresholds.size(), thresholds.size());
  for (const LevelThreshold& threshold : thresholds) {
    double pixel = threshold.value.to_double();
    for (int i = 0; i < 3; ++i) pixel = std::nextafter(pixel, -10.0);
    for (int i = 0; i < 7; ++i, pixel = std::nextafter(pixel, 10.0)) {
      const Rational exact = Rational::from_double(pixel);
      int expected = 0;
      for (const LevelThreshold& t : thresholds) {
        expected += (t.strict ? t.value < exact : t.value <= exact) ? 1 : 0;
      }
      EXPECT_EQ(encode(encoder, {pixel}), expected) << pixel;
    }
  }
}

TEST(EncoderBuilder, AQuantizerOfPrecisionKNeedsNoThresholds) {
  const auto uniform = [](const Rational& unit, bool half_even) {
    std::vector<LevelThreshold> thresholds;
    for (int i = 0; i < 4; ++i) {
      thresholds.push_back({unit * fraction(2 * i + 1, 2), half_even && i % 2 == 0});
    }
    return thresholds;
  };
  for (const bool half_even : {false, true}) {
    QuantizedLayer layer = first_layer(1, uniform(fraction(1, 2), half_even));
    layer.quantizer->rounding = half_even ? Rounding::kHalfEven : Rounding::kHalfUp;
    layer.quantizer->decoding.step = fraction(1, 2);
    HostEncoder encoder = build_encoder(layer, kFile);
    EXPECT_TRUE(encoder.thresholds.empty());
    EXPECT_FALSE(encoder.normalized);
    EXPECT_EQ(encoder.quantizer.precision(), 1);
    EXPECT_EQ(encode(encoder, {0.25}), half_even ? 0 : 1);
    EXPECT_EQ(encode(encoder, {0.75}), 2);
    // Levels that stand for other numbers: y is scaled by a power of two.
    layer.quantizer->decoding.step = 2;
    encoder = build_encoder(layer, kFile);
    EXPECT_EQ(encode(encoder, {0.25}), half_even ? 0 : 1);
    EXPECT_EQ(encode(encoder, {0.75}), 2);
    EXPECT_EQ(encoder.quantizer.step, 2);
  }
}

// Of one pixel, in short binary fractions, so that doubles are exact.
TEST(EncoderBuilder, StepsAndOffsetsAreExact) {
  test::Random random(7);
  int built = 0;
  for (int i = 0; i < 2000; ++i) {
    SCOPED_TRACE(i);
    std::vector<LevelThreshold> thresholds;
    for (int t = -2; t <= 2; ++t) thresholds.push_back({fraction(t, 2), random.chance(50)});
    QuantizedLayer layer = first_layer(1, thresholds);
    const auto quarters = [&](int maximum) { return random.between(-maximum, maximum) / 4.0; };
    layer.bias = {static_cast<float>(quarters(8))};
    // An offset that float32 does not hold, as that of QLinearConv may be, goes into the
    // thresholds.
    if (random.chance(40)) {
      layer.offset = {fraction(random.between(-8, 8), random.chance(50) ? 4 : 3)};
    }
    const int steps = random.between(0, 4);
    int root = 0;
    for (int s = 0; s < steps; ++s) {
      switch (random.between(0, 3)) {
        case 0:
          layer.steps.push_back(step(Kind::kAdd, {quarters(12)}));
          break;
        case 1:
          layer.steps.push_back(step(Kind::kMultiply, {quarters(12)}));
          break;
        case 2:
          layer.steps.push_back(step(Kind::kDivide, {std::ldexp(1.0, random.between(-2, 2))}));
          break;
        default:
          if (root != 0) break;
          root = 1 << random.between(0, 2);
          layer.steps.push_back(step(Kind::kNormalize, {quarters(8)}));
          layer.steps.back().beta = {quarters(8)};
          layer.steps.back().mean = {quarters(8)};
          layer.steps.back().variance = {root * root - 0.25};
          layer.steps.back().epsilon = 0.25;
          break;
      }
    }
    HostEncoder encoder;
    try {
      encoder = build_encoder(layer, kFile);
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(), HasSubstr("in the first layer, which the host computes"));
      continue;
    }
    ++built;
    for (int p = -16; p <= 16; ++p) {
      Rational y = fraction(p, 8) + Rational::from_double(static_cast<double>(layer.bias[0]));
      if (!layer.offset.empty()) y = y + layer.offset[0];
      for (const ChannelStep& each : layer.steps) {
        const Rational value = Rational::from_double(each.values[0]);
        if (each.kind == Kind::kAdd) y = y + value;
        if (each.kind == Kind::kMultiply) y = y * value;
        if (each.kind == Kind::kDivide) y = y / value;
        if (each.kind == Kind::kNormalize) {
          y = value * (y - Rational::from_double(each.mean[0])) / Rational(root) +
              Rational::from_double(each.beta[0]);
        }
      }
      int expected = 0;
      for (const LevelThreshold& t : thresholds) {
        expected += (t.strict ? t.value < y : t.value <= y) ? 1 : 0;
      }
      ASSERT_EQ(encode(encoder, {p / 8.0}), expected) << p;
    }
  }
  EXPECT_GT(built, 1000);
}

TEST(EncoderBuilder, Refusals) {
  const auto refusal = [](const QuantizedLayer& layer) {
    try {
      build_encoder(layer, kFile);
    } catch (const base::UserError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const std::vector<LevelThreshold> thresholds = {{Rational(1), false}};
  QuantizedLayer layer = first_layer(2, thresholds);
  EXPECT_EQ(refusal(layer), "");
  layer.terms.push_back(layer.terms[0]);
  EXPECT_EQ(refusal(layer),
            "model.onnx: node \"first\" (Conv): the first layer, which the host computes, is a sum "
            "of several; accepted: one Conv, Gemm or MatMul that takes the image");
  layer = first_layer(2, thresholds);
  const std::string too_many =
      "model.onnx: node \"step\" (Step): in the first layer, which the host computes, it is one "
      "step "
      "too many; accepted: a bias, then BatchNormalization, then Mul, Div, Add or LeakyRelu, by "
      "positive "
      "factors";
  ChannelStep clamp = step(Kind::kClamp, {});
  clamp.lower = Rational(0);
  ChannelStep norm = step(Kind::kNormalize, {1});
  norm.beta = norm.mean = {0};
  norm.variance = {1};
  layer.steps = {clamp, step(Kind::kMultiply, {3})};
  EXPECT_EQ(refusal(layer), too_many);
  layer.steps = {norm, step(Kind::kMultiply, {-3})};
  EXPECT_EQ(refusal(layer), too_many);
  layer.steps = {norm, step(Kind::kMultiply, {0})};
  EXPECT_EQ(refusal(layer), too_many);
  layer.steps = {norm, norm};
  EXPECT_EQ(refusal(layer), too_many);
  // Numbers that float32 does not hold go into the thresholds.
  layer.steps = {step(Kind::kAdd, {0.1}), step(Kind::kDivide, {3}), step(Kind::kMultiply, {0.1})};
  EXPECT_EQ(refusal(layer), "");
  layer.steps = {norm};
  layer.offset = {fraction(1, 3)};
  EXPECT_EQ(refusal(layer), too_many);
}

}  // namespace
}  // namespace spikeloom::converter
