// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/host_layer_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/converter/network/refusal.h"
#include "spikeloom/converter/network/sum_builder.h"
#include "spikeloom/converter/network/weight_grid.h"

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;

constexpr std::int64_t kMaxReadoutWeights = std::int64_t{1} << 26;

using base::at;

template <typename T>
bool all_zero(const std::vector<T>& values) {
  return std::all_of(values.begin(), values.end(), [](T value) { return value == 0; });
}

/// Adds a normalization with no effect, whose parameters can then hold other steps.
void add_identity(HostEncoder& encoder) {
  const std::size_t channels = encoder.bias.size();
  encoder.normalized = true;
  encoder.gamma.assign(channels, 1.0F);
  encoder.beta.assign(channels, 0.0F);
  encoder.mean.assign(channels, 0.0F);
  encoder.variance.assign(channels, 1.0F);
  encoder.epsilon = 0.0F;
}

/// Converts to float32. Returns false if a number changes.
bool to_floats(const std::vector<double>& values, std::vector<float>& floats) {
  floats.assign(values.begin(), values.end());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (static_cast<double>(floats[i]) != values[i]) return false;
  }
  return true;
}

/// Adds a step to the host's bias and normalization. A scale or an offset of its own becomes a
/// normalization with mean 0 and variance 1. Returns false, without a change, if there is no place
/// for it, or if float32 cannot hold it.
bool add_step(const ChannelStep& step, HostEncoder& encoder) {
  HostEncoder result = encoder;
  switch (step.kind) {
    case Kind::kAdd:
      if (!result.normalized && all_zero(result.bias)) {
        if (!to_floats(step.values, result.bias)) return false;
        break;
      }
      if (!result.normalized) add_identity(result);
      if (!all_zero(result.beta) || !to_floats(step.values, result.beta)) return false;
      break;
    case Kind::kNormalize:
      if (result.normalized || !to_floats(step.values, result.gamma) ||
          !to_floats(step.beta, result.beta) || !to_floats(step.mean, result.mean) ||
          !to_floats(step.variance, result.variance)) {
        return false;
      }
      result.normalized = true;
      result.epsilon = static_cast<float>(step.epsilon);
      break;
    case Kind::kMultiply:
      if (result.normalized) return false;
      add_identity(result);
      if (!to_floats(step.values, result.gamma)) return false;
      break;
    case Kind::kDivide:
    case Kind::kClamp:
    case Kind::kLeakyRelu:
      return false;
  }
  encoder = std::move(result);
  return true;
}

/// Returns what is added to the sum of a channel before all steps.
Rational bias_of(const QuantizedLayer& layer, std::size_t channel) {
  const Rational bias = Rational::from_double(static_cast<double>(layer.bias[channel]));
  return layer.offset.empty() ? bias : bias + layer.offset[channel];
}

/// Sets the bias. Returns false, with bias 0, if float32 cannot hold it.
bool add_bias(const QuantizedLayer& layer, HostEncoder& encoder) {
  for (std::size_t c = 0; c < at(layer.output.channels); ++c) {
    const Rational bias = bias_of(layer, c);
    encoder.bias.push_back(static_cast<float>(bias.to_double()));
    if (!(Rational::from_double(static_cast<double>(encoder.bias.back())) == bias)) {
      encoder.bias.assign(at(layer.output.channels), 0.0F);
      return false;
    }
  }
  return true;
}

/// Takes the steps from `first` on back from the thresholds of a channel: the host's y is then that
/// before them.
std::vector<LevelThreshold> undo_steps(const QuantizedLayer& layer, std::size_t first,
                                       std::size_t channel, const std::string& file) {
  std::vector<LevelThreshold> thresholds = layer.quantizer->of(channel);
  for (std::size_t i = layer.steps.size(); i-- > first;) {
    const ChannelStep& step = layer.steps[i];
    const bool scales = step.kind == Kind::kMultiply || step.kind == Kind::kDivide;
    const bool bends = step.kind == Kind::kLeakyRelu;
    if ((!scales && !bends && step.kind != Kind::kAdd) || (scales && !(step.values[channel] > 0))) {
      refuse(
          file, step.label, "in the first layer, which the host computes, it is one step too many",
          "a bias, then BatchNormalization, then Mul, Div, Add or LeakyRelu, by positive factors");
    }
    const Rational value = Rational::from_double(step.values[channel]);
    for (LevelThreshold& threshold : thresholds) {
      if (step.kind == Kind::kAdd) threshold.value = threshold.value - value;
      if (bends && threshold.value.sign() < 0) threshold.value = threshold.value / value;
      if (step.kind == Kind::kMultiply) threshold.value = threshold.value / value;
      if (step.kind == Kind::kDivide) threshold.value = threshold.value * value;
    }
  }
  return thresholds;
}

/// Returns e if the quantizer has precision k, rounds ties up or to even, and its thresholds are
/// those of y * 2^e; nullopt if it is of another form.
std::optional<int> exponent_of(const LevelFunction& function) {
  const std::optional<int> k = quantizer_of(function).precision();
  if (!k || function.thresholds.size() != 1) return std::nullopt;
  const bool half_even = function.rounding == Rounding::kHalfEven;
  if (!half_even && function.rounding != Rounding::kHalfUp) return std::nullopt;
  const std::vector<LevelThreshold>& thresholds = function.thresholds.front();
  const Rational unit = thresholds.front().value * Rational(2);
  int exponent = 0;
  if (unit.sign() <= 0 || std::frexp(unit.to_double(), &exponent) != 0.5 ||
      !(Rational::power_of_two(exponent - 1) == unit)) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const Rational tie = unit * Rational(2 * static_cast<std::int64_t>(i) + 1) / Rational(2);
    if (!(thresholds[i].value == tie) || thresholds[i].strict != (half_even && i % 2 == 0)) {
      return std::nullopt;
    }
  }
  return 1 - exponent - *k;
}

/// Multiplies y by 2^exponent. Returns false if a float would not stay exact.
bool scale_encoder(int exponent, HostEncoder& encoder) {
  if (exponent == 0) return true;
  HostEncoder scaled = encoder;
  if (!scaled.normalized) add_identity(scaled);
  for (auto* values : {&scaled.gamma, &scaled.beta}) {
    for (float& value : *values) {
      const float product = std::ldexp(value, exponent);
      if (std::ldexp(product, -exponent) != value) return false;
      value = product;
    }
  }
  encoder = std::move(scaled);
  return true;
}

/// Returns the smallest double that reaches the threshold.
double smallest_double(const LevelThreshold& threshold) {
  const double nearest = threshold.value.to_double();
  const Rational exact = Rational::from_double(nearest);
  const bool reaches = threshold.strict ? threshold.value < exact : threshold.value <= exact;
  return reaches ? nearest : std::nextafter(nearest, std::numeric_limits<double>::infinity());
}

/// Sets bias, steps and quantizer. What has no place of its own goes into the thresholds.
void set_quantizer(const QuantizedLayer& layer, const std::string& file, HostEncoder& encoder) {
  const bool biased = add_bias(layer, encoder);
  std::size_t placed = 0;
  while (biased && placed < layer.steps.size() && add_step(layer.steps[placed], encoder)) ++placed;
  encoder.quantizer = quantizer_of(*layer.quantizer);
  if (biased && placed == layer.steps.size()) {
    const std::optional<int> exponent = exponent_of(*layer.quantizer);
    if (exponent && scale_encoder(*exponent, encoder)) return;
  }
  for (std::size_t c = 0; c < at(layer.output.channels); ++c) {
    for (LevelThreshold threshold : undo_steps(layer, placed, c, file)) {
      if (!biased) threshold.value = threshold.value - bias_of(layer, c);
      encoder.thresholds.push_back(smallest_double(threshold));
    }
  }
}

/// The scores of the last layer as sums over its inputs.
struct Rows {
  std::vector<float> weights;        ///< [class][input]
  std::vector<std::int32_t> codes;   ///< likewise; empty if a term has none
  std::vector<Rational> scales;      ///< [class]: value of code 1
  std::vector<std::size_t> channel;  ///< [class]: its channel of the layer
};

/// One weight of a class: its number in the term and the number of its input in the source.
template <typename Function>
void for_each_weight(const QuantizedTerm& term, int channel, int y, int x, Function function) {
  const int output = channel - term.first_output;
  if (output < 0 || output >= term.outputs) return;
  const Window& w = term.window;
  const int inputs = term.input.channels / term.groups;
  const int first_input = output / (term.outputs / term.groups) * inputs;
  std::size_t weight = at(output) * term.fan_in();
  for (int c = 0; c < inputs; ++c) {
    for (int ky = 0; ky < w.kernel_height; ++ky) {
      const int in_y = y * w.stride_y - w.pad_top + ky * w.dilation_y;
      for (int kx = 0; kx < w.kernel_width; ++kx, ++weight) {
        const int in_x = x * w.stride_x - w.pad_left + kx * w.dilation_x;
        if (in_y < 0 || in_y >= term.input.height || in_x < 0 || in_x >= term.input.width) continue;
        function(weight, term.input.index(first_input + c, in_y, in_x));
      }
    }
  }
}

/// Brings the codes of all classes to one scale, if they are multiples of one.
void use_common_scale(std::size_t inputs, Rows& rows) {
  constexpr int kMaxRatio = 1 << 12;
  Rational common;
  for (const Rational& scale : rows.scales) {
    if (scale.sign() == 0) continue;
    common = common.sign() == 0 ? scale
                                : Rational(gcd(Integer(common.numerator() * scale.denominator()),
                                               Integer(scale.numerator() * common.denominator())),
                                           Integer(common.denominator() * scale.denominator()));
  }
  for (const Rational& scale : rows.scales) {
    if (Rational(kMaxRatio) * common < scale) return;
  }
  for (std::size_t s = 0; s < rows.scales.size(); ++s) {
    if (rows.scales[s].sign() == 0) continue;
    const int ratio = Rational(rows.scales[s] / common).numerator().convert_to<int>();
    for (std::size_t i = s * inputs; i < (s + 1) * inputs; ++i) rows.codes[i] *= ratio;
    rows.scales[s] = common;
  }
}

/// Writes the rows of all classes. `grids` are those of the terms; empty: without codes.
Rows make_rows(const GraphOutput& output, const std::vector<WeightGrid>& grids, int inputs,
               int classes) {
  Rows rows;
  const QuantizedLayer& layer = output.sum;
  rows.weights.assign(at(inputs) * at(classes), 0.0F);
  if (!grids.empty()) rows.codes.assign(rows.weights.size(), 0);
  const int pixels = layer.output.height * layer.output.width;
  for (int s = 0; s < classes; ++s) {
    const int neuron = output.order.empty() ? s : output.order[at(s)];
    const int channel = neuron / pixels;
    const int y = neuron % pixels / layer.output.width;
    const int x = neuron % layer.output.width;
    rows.channel.push_back(at(channel));
    std::size_t row = at(s) * at(inputs);
    Rational scale;
    for (std::size_t t = 0; t < layer.terms.size(); ++t) {
      const QuantizedTerm& term = layer.terms[t];
      for_each_weight(term, channel, y, x, [&](std::size_t weight, int input) {
        rows.weights[row + at(input)] = term.weights->values[weight];
        if (!grids.empty()) rows.codes[row + at(input)] = grids[t].codes[weight];
      });
      if (!grids.empty() && channel >= term.first_output &&
          channel < term.first_output + term.outputs) {
        const Rational& own = grids[t].scales[at(channel - term.first_output)];
        if (own.sign() != 0) scale = own;
      }
      row += at(term.input.size());
    }
    rows.scales.push_back(scale);
  }
  if (!grids.empty()) use_common_scale(at(inputs), rows);
  return rows;
}

/// Sets bias and weights as far as the steps leave them exact in float32. Returns false if they do
/// not.
bool fold_steps(const QuantizedLayer& layer, const Rows& rows, HostReadout& readout) {
  std::vector<double> bias;
  for (const std::size_t channel : rows.channel) {
    const Rational exact = bias_of(layer, channel);
    bias.push_back(exact.to_double());
    if (!(Rational::from_double(static_cast<double>(static_cast<float>(bias.back()))) == exact)) {
      return false;
    }
  }
  const auto inputs = at(readout.inputs);
  for (const ChannelStep& step : layer.steps) {
    const bool unbiased = all_zero(bias);
    if (step.kind == Kind::kAdd && unbiased) {
      for (std::size_t s = 0; s < bias.size(); ++s) bias[s] = step.values[rows.channel[s]];
      continue;
    }
    if (step.kind != Kind::kMultiply || !unbiased) return false;
    for (std::size_t i = 0; i < readout.weights.size(); ++i) {
      const double product =
          static_cast<double>(readout.weights[i]) * step.values[rows.channel[i / inputs]];
      readout.weights[i] = static_cast<float>(product);
      if (static_cast<double>(readout.weights[i]) != product) return false;
    }
  }
  readout.bias = std::move(bias);
  return true;
}

/// score = factor * sum + offset, after all steps of a channel.
struct Affine {
  double factor = 1;
  double offset = 0;
};

Affine affine(const QuantizedLayer& layer, std::size_t channel, const std::string& file) {
  Affine result;
  result.offset = bias_of(layer, channel).to_double();
  const auto multiply = [&result](double factor) {
    result.factor *= factor;
    result.offset *= factor;
  };
  for (const ChannelStep& step : layer.steps) {
    switch (step.kind) {
      case Kind::kMultiply:
        multiply(step.values[channel]);
        break;
      case Kind::kDivide:
        multiply(1 / step.values[channel]);
        break;
      case Kind::kAdd:
        result.offset += step.values[channel];
        break;
      case Kind::kNormalize:
        result.offset -= step.mean[channel];
        multiply(step.values[channel] / std::sqrt(step.variance[channel] + step.epsilon));
        result.offset += step.beta[channel];
        break;
      case Kind::kClamp:
      case Kind::kLeakyRelu:
        refuse(file, step.label, "it bends the class scores", "scores that are a sum");
    }
  }
  return result;
}

bool has_factors(const QuantizedLayer& layer) {
  return std::any_of(layer.terms.begin(), layer.terms.end(),
                     [](const QuantizedTerm& term) { return !term.factors.empty(); });
}

/// Returns the grids of all terms; none if a term has no grid, or two terms of one class differ in
/// scale.
std::vector<WeightGrid> find_grids(const QuantizedLayer& layer) {
  std::vector<WeightGrid> grids;
  std::vector<Rational> scales(at(layer.output.channels));
  for (const QuantizedTerm& term : layer.terms) {
    WeightConflict conflict{};
    auto grid = find_grid(*term.weights, at(term.outputs), conflict);
    if (!grid) return {};
    for (std::size_t o = 0; o < grid->scales.size(); ++o) {
      Rational& scale = scales[at(term.first_output) + o];
      if (scale.sign() != 0 && grid->scales[o].sign() != 0 && !(scale == grid->scales[o])) {
        return {};
      }
      if (grid->scales[o].sign() != 0) scale = grid->scales[o];
    }
    grids.push_back(std::move(*grid));
  }
  return grids;
}

}  // namespace

HostEncoder build_encoder(const QuantizedLayer& layer, const std::string& file) {
  if (layer.terms.size() > 1) {
    refuse(file, layer.label, "the first layer, which the host computes, is a sum of several",
           "one Conv, Gemm or MatMul that takes the image");
  }
  const QuantizedTerm& term = layer.terms.front();
  HostEncoder encoder;
  encoder.name = layer.name;
  encoder.input = term.input;
  encoder.pixel_steps = layer.pixel_steps;
  encoder.output = layer.output;
  encoder.window = term.window;
  encoder.groups = term.groups;
  encoder.weights = term.weights->values;
  if (layer.quantizes_image()) {
    // Its thresholds are those of the image itself, steps included.
    encoder.pixel_steps.clear();
    encoder.bias = layer.bias;
    encoder.quantizer = quantizer_of(*layer.quantizer);
    encoder.thresholds.assign(layer.pixel_thresholds.begin(), layer.pixel_thresholds.end());
    return encoder;
  }
  set_quantizer(layer, file, encoder);
  return encoder;
}

void quantize_pixels(const QuantizedLayer& quantizer, HostEncoder& encoder) {
  PixelQuantizer pixels;
  pixels.quantizer = quantizer_of(*quantizer.quantizer);
  pixels.thresholds = quantizer.pixel_thresholds;
  // Thresholds of the negated image, in the channels in which the level falls with the pixel.
  const std::vector<float>& signs = quantizer.terms.front().weights->values;
  if (std::any_of(signs.begin(), signs.end(), [](float sign) { return sign < 0; })) {
    encoder.pixel_steps.push_back({PixelStep::Kind::kMultiply, signs});
  }
  encoder.pixel_quantizer = std::move(pixels);
}

std::vector<DecodedSource> readout_sources(const GraphOutput& output, const std::string& file) {
  if (has_factors(output.sum)) {
    refuse(file, output.sum.label,
           "the last layer, which has no quantizer, is a sum of several by different factors",
           "one Conv, Gemm or MatMul last, or a sum of such");
  }
  std::vector<DecodedSource> sources;
  for (const QuantizedTerm& term : output.sum.terms) {
    sources.push_back({term.source, term.decoding});
  }
  return sources;
}

HostReadout build_readout(const GraphOutput& output, const Decoding& decoding,
                          const Quantizer& last, const std::string& file) {
  const QuantizedLayer& layer = output.sum;
  HostReadout readout;
  readout.name = layer.name;
  readout.classes =
      output.order.empty() ? layer.output.size() : static_cast<int>(output.order.size());
  std::int64_t inputs = 0;
  for (const QuantizedTerm& term : layer.terms) inputs += term.input.size();
  if (inputs * readout.classes > kMaxReadoutWeights) {
    refuse(file, layer.label,
           fmt::format("the host's last layer has {} scores of {} inputs", readout.classes, inputs),
           fmt::format("at most {} weights", kMaxReadoutWeights));
  }
  readout.inputs = static_cast<int>(inputs);
  Rows rows = make_rows(output, {}, readout.inputs, readout.classes);
  readout.weights = rows.weights;
  const Quantizer values{1, decoding.step.to_double(), decoding.offset.to_double()};
  const bool plain = values.precision() && values.step == last.step;
  if (plain && fold_steps(layer, rows, readout)) return readout;
  // Integer weights, so that equal scores are found equal; real ones if there are none.
  const std::vector<WeightGrid> grids = find_grids(layer);
  if (!grids.empty()) {
    rows = make_rows(output, grids, readout.inputs, readout.classes);
    readout.weights.assign(rows.codes.begin(), rows.codes.end());
  } else {
    readout.weights = rows.weights;
  }
  readout.bias.clear();
  const double zero = (decoding.offset / decoding.step).to_double();
  for (std::size_t s = 0; s < at(readout.classes); ++s) {
    const Affine steps = affine(layer, rows.channel[s], file);
    double sum = 0;
    for (std::size_t i = s * at(readout.inputs); i < (s + 1) * at(readout.inputs); ++i) {
      sum += static_cast<double>(readout.weights[i]);
    }
    const double scale =
        grids.empty() || rows.scales[s].sign() == 0 ? 1 : rows.scales[s].to_double();
    readout.constant.push_back(zero * sum);
    readout.scale.push_back(steps.factor * scale * values.step);
    readout.bias.push_back(steps.offset);
  }
  return readout;
}

}  // namespace spikeloom::converter
