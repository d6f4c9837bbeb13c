// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/sum_builder.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/index.h"
#include "spikeloom/converter/network/network_check.h"
#include "spikeloom/converter/network/reference.h"
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
  result.values = std::move(values);
  return result;
}

/// Integer weights of a term, and the exact value of code 1 in each output.
struct ExactWeights {
  std::vector<int> codes;
  std::vector<Rational> scales;
};

/// A sum of random convolutions over random sources.
class Sum {
 public:
  explicit Sum(test::Random& random) : random_(random) {
    layer_.name = layer_.label = "sum";
    source_shape_.height = random_.between(1, 5);
    source_shape_.width = random_.between(1, 5);
    const int channels = random_.between(1, 4);
    for (int c = 0; c < channels; ++c) {
      units_.push_back(fraction(random_.between(1, 40), random_.between(1, 40)));
    }
    const int terms = random_.between(1, 3);
    for (int t = 0; t < terms; ++t) add_term(channels, t == 0);
    for (int c = 0; c < channels; ++c) {
      layer_.bias.push_back(static_cast<float>(random_.between(-8, 8)) * 0.375F);
    }
    if (random_.chance(40)) {
      for (int c = 0; c < channels; ++c) {
        layer_.offset.push_back(fraction(random_.between(-9, 9), random_.between(1, 9)));
      }
    }
    add_steps();
  }

  const QuantizedLayer& layer() const { return layer_; }
  const std::vector<Quantizer>& quantizers() const { return quantizers_; }

  /// Returns random levels of each source.
  std::vector<Levels> inputs() {
    std::vector<Levels> result;
    for (std::size_t t = 0; t < quantizers_.size(); ++t) {
      Levels& levels = result.emplace_back();
      for (int i = 0; i < layer_.terms[t].input.size(); ++i) {
        levels.push_back(static_cast<std::uint8_t>(random_.between(0, quantizers_[t].levels)));
      }
    }
    return result;
  }

  /// Returns the value of an output before its quantizer, exactly.
  Rational value(const std::vector<Levels>& inputs, int channel, int y, int x) const {
    Rational sum = Rational::from_double(static_cast<double>(layer_.bias[at(channel)]));
    if (!layer_.offset.empty()) sum = sum + layer_.offset[at(channel)];
    for (std::size_t t = 0; t < layer_.terms.size(); ++t) {
      const QuantizedTerm& term = layer_.terms[t];
      const int output = channel - term.first_output;
      if (output < 0 || output >= term.outputs) continue;
      // Sums of codes, and of codes times levels, over the taps inside the input.
      std::int64_t codes = 0;
      std::int64_t products = 0;
      const Window& w = term.window;
      const int group_inputs = term.input.channels / term.groups;
      const int group = output / (term.outputs / term.groups);
      for (int c = 0; c < group_inputs; ++c) {
        for (int ky = 0; ky < w.kernel_height; ++ky) {
          for (int kx = 0; kx < w.kernel_width; ++kx) {
            const int iy = y * w.stride_y - w.pad_top + ky * w.dilation_y;
            const int ix = x * w.stride_x - w.pad_left + kx * w.dilation_x;
            if (iy < 0 || iy >= term.input.height || ix < 0 || ix >= term.input.width) continue;
            const int code = exact_[t].codes[at(
                ((output * group_inputs + c) * w.kernel_height + ky) * w.kernel_width + kx)];
            codes += code;
            products += code * inputs[t][at(term.input.index(group * group_inputs + c, iy, ix))];
          }
        }
      }
      const Rational decoded =
          term.decoding.offset * Rational(codes) + term.decoding.step * Rational(products);
      const Rational factor = term.factors.empty() ? Rational(1) : term.factors[at(output)];
      sum = sum + exact_[t].scales[at(output)] * factor * decoded;
    }
    return after_steps(sum, at(channel));
  }

  /// Sets levels that begin at values of these outputs, so that there are ties, and between them.
  void set_quantizer(const std::vector<std::vector<Rational>>& values_of_channels) {
    LevelFunction quantizer;
    const int levels = random_.between(1, 7);
    const std::size_t lists = random_.chance(40) ? values_of_channels.size() : 1;
    for (std::size_t list = 0; list < lists; ++list) {
      std::vector<LevelThreshold> thresholds;
      for (int i = 0; i < levels; ++i) {
        const auto channel =
            lists == 1 ? at(random_.between(0, static_cast<int>(values_of_channels.size()) - 1))
                       : list;
        const std::vector<Rational>& values = values_of_channels[channel];
        LevelThreshold threshold{
            values[at(random_.between(0, static_cast<int>(values.size()) - 1))],
            random_.chance(50)};
        if (random_.chance(20)) threshold.value = threshold.value + fraction(1, 1000);
        thresholds.push_back(threshold);
      }
      std::sort(thresholds.begin(), thresholds.end(),
                [](const LevelThreshold& a, const LevelThreshold& b) {
                  return a.value < b.value || (a.value == b.value && a.strict < b.strict);
                });
      quantizer.thresholds.push_back(thresholds);
    }
    layer_.quantizer = quantizer;
  }

  int level(const Rational& value, int channel) const {
    const std::vector<std::vector<LevelThreshold>>& lists = layer_.quantizer->thresholds;
    int reached = 0;
    for (const LevelThreshold& threshold : lists[lists.size() == 1 ? 0 : at(channel)]) {
      const bool is = threshold.strict ? threshold.value < value : threshold.value <= value;
      reached += is ? 1 : 0;
    }
    return reached;
  }

  /// Returns the built layer after sources of which each takes some channels of the encoder, and a
  /// readout.
  SpikingNetwork network() const {
    SpikingNetwork network;
    HostEncoder& encoder = network.encoder;
    encoder.input = encoder.output = {0, source_shape_.height, source_shape_.width};
    for (const QuantizedTerm& term : layer_.terms) encoder.output.channels += term.input.channels;
    encoder.input.channels = encoder.groups = encoder.output.channels;
    encoder.weights.assign(at(encoder.groups), 1);
    encoder.bias.assign(at(encoder.groups), 0);
    for (const Quantizer& quantizer : quantizers_) {
      encoder.quantizer.levels = std::max(encoder.quantizer.levels, quantizer.levels);
    }
    int first = 0;
    for (std::size_t t = 0; t < layer_.terms.size(); ++t) {
      SpikingLayer& source = network.layers.emplace_back();
      source.name = "source";
      source.output = layer_.terms[t].input;
      source.quantizer = quantizers_[t];
      Term& term = source.terms.emplace_back();
      term.input = encoder.output;
      term.input_levels = encoder.quantizer.levels;
      term.outputs = source.output.channels;
      term.weights.assign(at(term.outputs * encoder.output.channels), 0);
      for (int c = 0; c < term.outputs; ++c) {
        term.weights[at(c * encoder.output.channels + first + c)] = 1;
        for (int i = 1; i <= source.levels(); ++i) source.thresholds.push_back(i);
      }
      first += term.outputs;
    }
    network.layers.push_back(build_sum(layer_, quantizers_, kFile));
    network.readout.inputs = network.layers.back().output.size();
    network.readout.classes = 1;
    network.readout.weights.assign(at(network.readout.inputs), 1);
    network.readout.bias = {0};
    return network;
  }

 private:
  Window random_window() {
    Window w;
    const auto axis = [this](int size, int& kernel, int& stride, int& dilation, int& before,
                             int& after) {
      kernel = random_.between(1, std::min(3, size));
      stride = random_.between(1, 2);
      dilation = random_.chance(30) ? 2 : 1;
      before = random_.between(0, 2);
      after = random_.between(0, 2);
    };
    axis(source_shape_.height, w.kernel_height, w.stride_y, w.dilation_y, w.pad_top, w.pad_bottom);
    axis(source_shape_.width, w.kernel_width, w.stride_x, w.dilation_x, w.pad_left, w.pad_right);
    return w;
  }

  void add_term(int channels, bool first) {
    QuantizedTerm term;
    term.label = "node";
    term.source = static_cast<int>(layer_.terms.size());
    if (first || random_.chance(60)) {
      term.outputs = channels;
    } else {
      term.first_output = random_.between(0, channels - 1);
      term.outputs = random_.between(1, channels - term.first_output);
    }
    term.groups = random_.chance(40) ? term.outputs : 1;
    term.input = source_shape_;
    term.input.channels = term.groups * random_.between(1, 2);
    do {
      term.window = random_window();
      const Shape output = output_shape(term.window, term.input, channels);
      if (first && output.size() > 0) layer_.output = output;
      if (output == layer_.output && output.size() > 0) break;
    } while (true);
    Quantizer quantizer;
    quantizer.levels = random_.chance(20) ? random_.between(1, 255) : random_.between(1, 5);
    quantizers_.push_back(quantizer);
    term.decoding.step = fraction(
        random_.chance(30) ? -random_.between(1, 9) : random_.between(1, 9), random_.between(1, 9));
    if (random_.chance(60)) {
      term.decoding.offset =
          random_.chance(50) ? -term.decoding.step : fraction(random_.between(-9, 9), 4);
    }
    add_weights(term);
    layer_.terms.push_back(term);
  }

  /// Adds weights of 1 to 8 bits, given as integers or as multiples of a short scale. Factors bring
  /// their scale to 1..4 units of the channel, or to up to 60 if the weights are small.
  void add_weights(QuantizedTerm& term) {
    ExactWeights exact;
    const int fan_in = term.input.channels / term.groups * term.window.taps();
    const int maximum = random_.chance(40) ? 1 : (1 << random_.between(1, 8)) - 1;
    auto weights = std::make_shared<GraphWeights>();
    const bool coded = random_.chance(50);
    for (int o = 0; o < term.outputs; ++o) {
      const float scale =
          coded ? random_.real(0.01F, 2.0F) : static_cast<float>(random_.between(1, 15)) / 16;
      exact.scales.push_back(Rational::from_double(static_cast<double>(scale)));
      if (coded) weights->scales.push_back(static_cast<double>(scale));
      const bool zero = random_.chance(10);
      for (int i = 0; i < fan_in; ++i) {
        // The code 1 or -1 comes first, so that the codes have no common divisor.
        int code = random_.between(-maximum, maximum);
        if (i == 0) code = random_.chance(50) ? 1 : -1;
        if (zero) code = 0;
        exact.codes.push_back(code);
        weights->values.push_back(static_cast<float>(code) * scale);
        if (coded) weights->codes.push_back(code);
      }
      const int ratio = random_.between(1, maximum < 4 && random_.chance(30) ? 60 : 4);
      const Rational unit = units_[at(term.first_output + o)] * Rational(ratio);
      const Rational factor = unit / term.decoding.step / exact.scales.back();
      const int kind = random_.between(0, 9);
      term.factors.push_back(kind == 0 ? Rational(0) : kind <= 4 ? -factor : factor);
    }
    term.weights = std::move(weights);
    exact_.push_back(std::move(exact));
  }

  void add_steps() {
    const auto by_channel = [this](int minimum, int maximum) {
      std::vector<double> values;
      for (int c = 0; c < layer_.output.channels; ++c) {
        values.push_back(random_.between(minimum, maximum) / 4.0);
      }
      return values;
    };
    const int steps = random_.between(0, 3);
    bool normalized = false;
    for (int s = 0; s < steps; ++s) {
      switch (random_.between(0, 5)) {
        case 0:
          layer_.steps.push_back(step(Kind::kMultiply, by_channel(-8, 8)));
          break;
        case 1:
          layer_.steps.push_back(step(Kind::kDivide, by_channel(1, 8)));
          break;
        case 2:
          layer_.steps.push_back(step(Kind::kAdd, by_channel(-20, 20)));
          break;
        case 3: {
          if (normalized) break;
          normalized = true;
          ChannelStep norm = step(Kind::kNormalize, by_channel(-6, 6));
          norm.beta = by_channel(-8, 8);
          norm.mean = by_channel(-8, 8);
          for (int c = 0; c < layer_.output.channels; ++c) {
            roots_.push_back(random_.between(1, 5));
            norm.variance.push_back(roots_.back() * roots_.back() - 0.25);
          }
          norm.epsilon = 0.25;
          layer_.steps.push_back(norm);
          break;
        }
        case 4:
          layer_.steps.push_back(step(Kind::kLeakyRelu, by_channel(1, 8)));
          break;
        default: {
          ChannelStep clamp = step(Kind::kClamp, {});
          clamp.lower = fraction(random_.between(-20, 0), 3);
          if (random_.chance(70)) clamp.upper = fraction(random_.between(1, 40), 3);
          layer_.steps.push_back(clamp);
          break;
        }
      }
    }
  }

  Rational after_steps(Rational value, std::size_t channel) const {
    for (const ChannelStep& s : layer_.steps) {
      const auto exact = [channel](const std::vector<double>& values) {
        return Rational::from_double(values[channel]);
      };
      switch (s.kind) {
        case Kind::kMultiply:
          value = value * exact(s.values);
          break;
        case Kind::kDivide:
          value = value / exact(s.values);
          break;
        case Kind::kAdd:
          value = value + exact(s.values);
          break;
        case Kind::kNormalize:
          value =
              exact(s.values) * (value - exact(s.mean)) / Rational(roots_[channel]) + exact(s.beta);
          break;
        case Kind::kClamp:
          if (s.lower && value < *s.lower) value = *s.lower;
          if (s.upper && *s.upper < value) value = *s.upper;
          break;
        case Kind::kLeakyRelu:
          if (value.sign() < 0) value = value * exact(s.values);
          break;
      }
    }
    return value;
  }

  test::Random& random_;
  Shape source_shape_;
  std::vector<Rational> units_;  ///< [channel]
  QuantizedLayer layer_;
  std::vector<Quantizer> quantizers_;
  std::vector<ExactWeights> exact_;  ///< [term]
  std::vector<int> roots_;           ///< [channel]: square root of variance + epsilon
};

/// Returns the number of different sets of taps that lie inside the inputs along one axis, over the
/// terms whose level 0 is not 0.
int border_classes(const QuantizedLayer& layer, bool rows) {
  std::set<std::vector<bool>> classes;
  const int outputs = rows ? layer.output.height : layer.output.width;
  for (int o = 0; o < outputs; ++o) {
    std::vector<bool> inside;
    for (const QuantizedTerm& term : layer.terms) {
      if (term.decoding.offset.sign() == 0) continue;
      const Window& w = term.window;
      const int kernel = rows ? w.kernel_height : w.kernel_width;
      for (int k = 0; k < kernel; ++k) {
        const int i = rows ? o * w.stride_y - w.pad_top + k * w.dilation_y
                           : o * w.stride_x - w.pad_left + k * w.dilation_x;
        inside.push_back(i >= 0 && i < (rows ? term.input.height : term.input.width));
      }
    }
    classes.insert(inside);
  }
  return static_cast<int>(classes.size());
}

TEST(SumBuilder, GivesTheLevelsOfExactArithmetic) {
  int built = 0;
  int ties = 0;
  int bordered = 0;
  int planes = 0;
  int several = 0;
  std::set<int> seen;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    test::Random random(seed);
    Sum sum(random);
    const Shape output = sum.layer().output;
    std::vector<std::vector<Levels>> inputs;
    std::vector<std::vector<Rational>> values;  // [input][output]
    std::vector<std::vector<Rational>> by_channel(at(output.channels));
    for (int i = 0; i < 4; ++i) {
      inputs.push_back(sum.inputs());
      std::vector<Rational>& of_input = values.emplace_back();
      for (int c = 0; c < output.channels; ++c) {
        for (int y = 0; y < output.height; ++y) {
          for (int x = 0; x < output.width; ++x) {
            of_input.push_back(sum.value(inputs.back(), c, y, x));
            by_channel[at(c)].push_back(of_input.back());
          }
        }
      }
    }
    sum.set_quantizer(by_channel);
    const SpikingNetwork network = sum.network();
    ASSERT_NO_THROW(check_network(network));
    const SpikingLayer& layer = network.layers.back();
    EXPECT_EQ(layer.rows.count, border_classes(sum.layer(), true));
    EXPECT_EQ(layer.columns.count, border_classes(sum.layer(), false));
    EXPECT_EQ(layer.rows.of.empty(), layer.rows.count == 1);
    EXPECT_EQ(layer.columns.of.empty(), layer.columns.count == 1);
    const Reference reference(network);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      Levels encoded;
      for (const Levels& source : inputs[i]) {
        encoded.insert(encoded.end(), source.begin(), source.end());
      }
      Levels expected;
      for (int o = 0; o < output.size(); ++o) {
        const int channel = o / (output.height * output.width);
        const Rational& value = values[i][at(o)];
        expected.push_back(static_cast<std::uint8_t>(sum.level(value, channel)));
        seen.insert(expected.back());
        for (const LevelThreshold& threshold : sum.layer().quantizer->of(at(channel))) {
          ties += threshold.value == value ? 1 : 0;
        }
      }
      const Reference::Result result = reference.run(encoded.data());
      for (std::size_t s = 0; s < inputs[i].size(); ++s) ASSERT_EQ(result.levels[s], inputs[i][s]);
      ASSERT_EQ(result.levels.back(), expected);
    }
    ++built;
    bordered += layer.rows.count * layer.columns.count > 1 ? 1 : 0;
    planes += layer.terms.size() > sum.layer().terms.size() ? 1 : 0;
    several += sum.layer().terms.size() > 1 ? 1 : 0;
  }
  EXPECT_EQ(built, 500);
  EXPECT_GT(ties, 3000);
  EXPECT_GT(bordered, 150);
  EXPECT_GT(planes, 200);
  EXPECT_GT(several, 200);
  EXPECT_EQ(seen, (std::set<int>{0, 1, 2, 3, 4, 5, 6, 7}));
}

/// Returns a layer of one convolution with weights 1 over 1x4x4 inputs of two levels that stand for
/// -1 and +1, with a threshold at 0.
QuantizedLayer bipolar(int kernel, int pad) {
  QuantizedLayer layer;
  layer.name = "conv";
  layer.label = "node \"conv\" (Conv)";
  layer.bias = {0};
  QuantizedTerm& term = layer.terms.emplace_back();
  term.label = layer.label;
  term.source = 0;
  term.decoding = {2, -1};
  term.input = {1, 4, 4};
  term.outputs = 1;
  term.window.kernel_height = term.window.kernel_width = kernel;
  term.window.pad_top = term.window.pad_left = pad;
  term.window.pad_bottom = term.window.pad_right = pad;
  auto weights = std::make_shared<GraphWeights>();
  weights->values.assign(at(kernel * kernel), 1);
  term.weights = weights;
  layer.output = output_shape(term.window, term.input, 1);
  layer.quantizer.emplace();
  layer.quantizer->thresholds = {{{Rational(0), false}}};
  return layer;
}

TEST(SumBuilder, ZeroPaddingOfBipolarLevelsMakesBorderClasses) {
  const std::vector<Quantizer> binary(1);
  const SpikingLayer layer = build_sum(bipolar(3, 1), binary, kFile);
  EXPECT_EQ(layer.rows.count, 3);
  EXPECT_EQ(layer.rows.of, (std::vector<std::uint16_t>{0, 1, 1, 2}));
  EXPECT_EQ(layer.columns.of, layer.rows.of);
  // 2 m - taps >= 0 of 4, 6 or 9 taps.
  EXPECT_EQ(layer.thresholds, (std::vector<std::int32_t>{2, 3, 2, 3, 5, 3, 2, 3, 2}));
  EXPECT_EQ(layer.thresholds_of(0, 0, 3)[0], 2);
  EXPECT_EQ(layer.thresholds_of(0, 1, 3)[0], 3);
  EXPECT_EQ(layer.thresholds_of(0, 2, 2)[0], 5);
  // Without padding all windows are alike.
  const SpikingLayer inner = build_sum(bipolar(3, 0), binary, kFile);
  EXPECT_TRUE(inner.rows.of.empty());
  EXPECT_TRUE(inner.columns.of.empty());
  EXPECT_EQ(inner.thresholds, (std::vector<std::int32_t>{5}));
  // Level 0 of 0 adds nothing, inside as in the padding.
  QuantizedLayer unsigned_levels = bipolar(3, 1);
  unsigned_levels.terms[0].decoding = {1, 0};
  unsigned_levels.quantizer->thresholds = {{{Rational(2), true}}};
  const SpikingLayer plain = build_sum(unsigned_levels, binary, kFile);
  EXPECT_TRUE(plain.rows.of.empty());
  EXPECT_EQ(plain.thresholds, (std::vector<std::int32_t>{3}));
}

TEST(SumBuilder, AWindowThatIsAllPaddingHasAThresholdOfItsOwn) {
  QuantizedLayer layer = bipolar(1, 1);
  layer.bias = {0.5F};
  const SpikingLayer sum = build_sum(layer, std::vector<Quantizer>(1), kFile);
  EXPECT_EQ(sum.rows.of, (std::vector<std::uint16_t>{0, 1, 1, 1, 1, 0}));
  // In the padding, where m is 0, 1/2 >= 0; inside 2 m - 1 + 1/2 >= 0 needs m = 1.
  EXPECT_EQ(sum.thresholds, (std::vector<std::int32_t>{0, 0, 0, 1}));
}

TEST(SumBuilder, NegativeStepsTurnTheWeights) {
  QuantizedLayer layer = bipolar(1, 0);
  layer.terms[0].decoding = {-1, 1};  // 1 and 0
  layer.quantizer->thresholds = {{{fraction(1, 2), false}}};
  const SpikingLayer sum = build_sum(layer, std::vector<Quantizer>(1), kFile);
  EXPECT_EQ(sum.terms[0].weights, (std::vector<std::int8_t>{-1}));
  EXPECT_EQ(sum.thresholds, (std::vector<std::int32_t>{0}));  // 1 - m >= 1/2
}

TEST(SumBuilder, WeightsOfSeveralBitsBecomeTermsOfPlanes) {
  QuantizedLayer layer = bipolar(2, 0);
  layer.terms[0].decoding = {1, 0};
  auto weights = std::make_shared<GraphWeights>();
  weights->values = {2.5F, 2, 1.5F, 0.5F};
  layer.terms[0].weights = weights;
  layer.quantizer->thresholds = {{{fraction(9, 4), false}}};
  const SpikingLayer sum = build_sum(layer, std::vector<Quantizer>(1), kFile);
  ASSERT_EQ(sum.terms.size(), 2U);
  EXPECT_EQ(sum.terms[0].repeat, 1);
  EXPECT_EQ(sum.terms[0].weights, (std::vector<std::int8_t>{1, 0, -1, 1}));
  EXPECT_EQ(sum.terms[1].repeat, 4);
  EXPECT_EQ(sum.terms[1].weights, (std::vector<std::int8_t>{1, 1, 1, 0}));
  EXPECT_EQ(sum.thresholds, (std::vector<std::int32_t>{5}));  // m / 2 >= 9/4
}

TEST(SumBuilder, RefusesWhatHasNoExactCounterpart) {
  const auto refusal = [](const QuantizedLayer& layer, int levels) {
    std::vector<Quantizer> quantizers(1);
    quantizers[0].levels = levels;
    try {
      build_sum(layer, quantizers, kFile);
    } catch (const base::UserError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  QuantizedLayer layer = bipolar(3, 1);
  EXPECT_EQ(refusal(layer, 1), "");
  ChannelStep norm = step(Kind::kNormalize, {1});
  norm.label = "node \"second\" (BatchNormalization)";
  norm.beta = norm.mean = {0};
  norm.variance = {1};
  layer.steps = {norm, norm};
  EXPECT_EQ(refusal(layer, 1),
            "model.onnx: node \"second\" (BatchNormalization): a second normalization of the same "
            "layer; accepted: one before a quantizer");
  layer = bipolar(3, 1);
  layer.terms.push_back(layer.terms[0]);
  layer.terms[1].decoding.step = fraction(1, 16);
  // 32 times as much: weights of 7 can be 224, those of 8 cannot be 256.
  const auto weights_of = [](float weight) {
    auto weights = std::make_shared<GraphWeights>();
    weights->values.assign(9, 1);
    weights->values[4] = weight;
    return weights;
  };
  layer.terms[0].weights = weights_of(7);
  EXPECT_EQ(refusal(layer, 1), "");
  layer.terms[0].weights = weights_of(8);
  EXPECT_EQ(refusal(layer, 1),
            "model.onnx: node \"conv\" (Conv): in output channel 0 a level counts 2 from node "
            "\"conv\" (Conv), 0.0625 from node \"conv\" (Conv); accepted: terms whose scales (of "
            "weights, times the step of their input) are each 1..16 times one number, or whose "
            "weights stay below 256 if multiplied by it");
  layer.terms[1].decoding.step = fraction(1, 8);
  EXPECT_EQ(refusal(layer, 1), "");
  layer = bipolar(3, 1);
  layer.terms[0].weights = weights_of(1000);
  EXPECT_THAT(refusal(layer, 1),
              HasSubstr("node \"conv\" (Conv): its weights have no common scale: "
                        "output channel 0 holds 1 and 1000"));
  // 2^11 x 2^11 inputs of 255 levels with weights of up to 255 (2^8 + 1 synapses).
  layer = bipolar(1, 0);
  layer.terms[0].input = {1, 1 << 11, 1 << 11};
  layer.terms[0].window.kernel_height = layer.terms[0].window.kernel_width = 1 << 11;
  auto weights = std::make_shared<GraphWeights>();
  weights->values.assign(std::size_t{1} << 22U, 1);
  weights->values[0] = 255;
  layer.terms[0].weights = weights;
  EXPECT_EQ(refusal(layer, 1), "");
  EXPECT_EQ(refusal(layer, 255),
            "model.onnx: node \"conv\" (Conv): its potentials do not fit into 32 bits; accepted: a "
            "smaller window");
}

}  // namespace
}  // namespace spikeloom::converter
