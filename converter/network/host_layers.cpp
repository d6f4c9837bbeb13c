// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/host_layers.h"

#include <algorithm>
#include <cmath>

#include "spikeloom/base/ceil_div.h"
#include "spikeloom/base/index.h"
#include "spikeloom/base/vector_clones.h"

namespace spikeloom::converter {
namespace {

using base::to_size;

/// Outputs that are summed at once.
constexpr std::size_t kBlock = 32;

/// sums[x] = sum over the taps, in their order, of weight * pixels[offset + x], for x < count.
/// Reads and writes whole blocks.
SPIKELOOM_VECTOR_CLONES
void sum_outputs(const double* pixels, const std::ptrdiff_t* offsets, const double* weights,
                 int taps, std::size_t count, double* sums) {
  // GCC keeps vectors that are wider than the registers of the instruction set in memory: with 64
  // bytes AVX2 would take 20 times as long. AVX-512 takes a tenth longer with 32.
  using Doubles = double __attribute__((vector_size(32), aligned(8), may_alias));
  constexpr std::size_t kVectors = kBlock * sizeof(double) / sizeof(Doubles);
  for (std::size_t first = 0; first < count; first += kBlock) {
    Doubles block[kVectors] = {};
    for (int tap = 0; tap < taps; ++tap) {
      const double weight = weights[tap];
      const auto* const row = reinterpret_cast<const Doubles*>(pixels + offsets[tap] + first);
      for (std::size_t i = 0; i < kVectors; ++i) block[i] += weight * row[i];
    }
    auto* const to = reinterpret_cast<Doubles*>(sums + first);
    for (std::size_t i = 0; i < kVectors; ++i) to[i] = block[i];
  }
}

SPIKELOOM_VECTOR_CLONES
void normalize(double* values, std::size_t count, double gamma, double mean, double deviation,
               double beta) {
  for (std::size_t i = 0; i < count; ++i) values[i] = gamma * (values[i] - mean) / deviation + beta;
}

/// levels[i] += values[i] >= threshold.
SPIKELOOM_VECTOR_CLONES
void count_reached(const double* values, int count, double threshold,
                   std::uint8_t* __restrict levels) {
  for (int i = 0; i < count; ++i) {
    levels[i] = static_cast<std::uint8_t>(levels[i] + (values[i] >= threshold ? 1 : 0));
  }
}

/// Returns the thresholds of the layer. A tie that goes down needs more than half a step.
std::vector<double> thresholds_of(const HostEncoder& layer) {
  if (!layer.thresholds.empty()) return layer.thresholds;
  std::vector<double> thresholds;
  for (int c = 0; c < layer.output.channels; ++c) {
    for (int i = 0; i < layer.quantizer.levels; ++i) {
      const double half = (i + 0.5) * layer.quantizer.step;
      const bool strict = layer.quantizer.rounding == Rounding::kHalfEven && i % 2 == 0;
      thresholds.push_back(strict ? std::nextafter(half, 2 * half) : half);
    }
  }
  return thresholds;
}

SPIKELOOM_VECTOR_CLONES
void add_scaled(const double* values, int count, double factor, double* __restrict sums) {
  for (int i = 0; i < count; ++i) sums[i] += values[i] * factor;
}

}  // namespace

Encoder::Encoder(const HostEncoder& layer)
    : input_(layer.input),
      output_(layer.output),
      window_(layer.window),
      pixel_steps_(layer.pixel_steps),
      pixel_quantizer_(layer.pixel_quantizer),
      levels_(layer.quantizer.levels),
      thresholds_(thresholds_of(layer)),
      normalized_(layer.normalized),
      taps_(layer.input.channels / layer.groups * layer.window.taps()),
      plane_height_(
          base::ceil_div(layer.input.height + layer.window.pad_top + layer.window.pad_bottom,
                         layer.window.stride_y)),
      plane_width_(
          base::ceil_div(layer.input.width + layer.window.pad_left + layer.window.pad_right,
                         layer.window.stride_x)),
      weights_(layer.weights.begin(), layer.weights.end()),
      bias_(layer.bias.begin(), layer.bias.end()) {
  const int group_inputs = input_.channels / layer.groups;
  const int group_outputs = output_.channels / layer.groups;
  for (int c = 0; c < output_.channels; ++c) {
    group_offset_.push_back(padded_index(c / group_outputs * group_inputs, 0, 0));
  }
  for (int c = 0; c < group_inputs; ++c) {
    for (int ky = 0; ky < window_.kernel_height; ++ky) {
      for (int kx = 0; kx < window_.kernel_width; ++kx) {
        tap_offset_.push_back(padded_index(c, ky * window_.dilation_y, kx * window_.dilation_x));
      }
    }
  }
  for (std::size_t c = 0; c < layer.gamma.size(); ++c) {
    const double variance = static_cast<double>(layer.variance[c]) + layer.epsilon;
    normalization_.push_back({layer.gamma[c], layer.mean[c], std::sqrt(variance), layer.beta[c]});
  }
}

std::ptrdiff_t Encoder::padded_index(int channel, int y, int x) const {
  const std::ptrdiff_t phase =
      (std::ptrdiff_t{channel} * window_.stride_y + y % window_.stride_y) * window_.stride_x +
      x % window_.stride_x;
  return (phase * plane_height_ + y / window_.stride_y) * plane_width_ + x / window_.stride_x;
}

std::vector<double> Encoder::pad(const double* image) const {
  // Blocks of outputs read beyond the end.
  std::vector<double> padded(static_cast<std::size_t>(padded_index(input_.channels, 0, 0)) +
                             kBlock);
  for (int c = 0; c < input_.channels; ++c) {
    for (int y = 0; y < input_.height; ++y) {
      const double* const from = image + input_.index(c, y, 0);
      const int row = window_.pad_top + y;
      if (pixel_steps_.empty() && !pixel_quantizer_ && window_.stride_x == 1) {
        std::copy_n(from, input_.width, &padded[to_size(padded_index(c, row, window_.pad_left))]);
        continue;
      }
      for (int x = 0; x < input_.width; ++x) {
        padded[to_size(padded_index(c, row, window_.pad_left + x))] = pixel(from[x], to_size(c));
      }
    }
  }
  return padded;
}

double Encoder::pixel(double value, std::size_t channel) const {
  if (pixel_steps_.empty() && !pixel_quantizer_) return value;
  auto number = static_cast<float>(value);
  for (const PixelStep& step : pixel_steps_) {
    switch (step.kind) {
      case PixelStep::Kind::kMultiply:
        number *= step.values[channel];
        break;
      case PixelStep::Kind::kDivide:
        number /= step.values[channel];
        break;
      case PixelStep::Kind::kAdd:
        number += step.values[channel];
        break;
    }
  }
  if (!pixel_quantizer_) return static_cast<double>(number);
  const Quantizer& quantizer = pixel_quantizer_->quantizer;
  const auto levels = static_cast<std::size_t>(quantizer.levels);
  const auto first =
      pixel_quantizer_->thresholds.begin() + static_cast<std::ptrdiff_t>(channel * levels);
  const auto reached = std::upper_bound(first, first + quantizer.levels, number) - first;
  return quantizer.offset + quantizer.step * static_cast<double>(reached);
}

void Encoder::encode(const double* image, std::uint8_t* levels) const {
  // Zeros in the padding add nothing, so the sums equal those over the taps inside the image.
  const std::vector<double> padded = pad(image);
  // A channel's outputs are summed as one row that runs over the padding between them: output (y,
  // x) is at y * plane_width + x.
  const std::size_t count =
      to_size(output_.height - 1) * to_size(plane_width_) + to_size(output_.width);
  std::vector<double> values(count + kBlock);
  for (int c = 0; c < output_.channels; ++c) {
    const std::size_t channel = to_size(c);
    sum_outputs(padded.data() + group_offset_[channel], tap_offset_.data(),
                weights_.data() + channel * to_size(taps_), taps_, count, values.data());
    for (std::size_t i = 0; i < count; ++i) values[i] += bias_[channel];
    if (normalized_) {
      const Normalization& n = normalization_[channel];
      normalize(values.data(), count, n.gamma, n.mean, n.deviation, n.beta);
    }
    std::uint8_t* const reached = levels + std::ptrdiff_t{c} * output_.height * output_.width;
    std::fill_n(reached, output_.height * output_.width, std::uint8_t{0});
    for (int i = 0; i < levels_; ++i) {
      const double threshold = thresholds_[channel * to_size(levels_) + to_size(i)];
      for (int y = 0; y < output_.height; ++y) {
        count_reached(values.data() + std::ptrdiff_t{y} * plane_width_, output_.width, threshold,
                      reached + std::ptrdiff_t{y} * output_.width);
      }
    }
  }
}

Readout::Readout(const HostReadout& layer, const Quantizer& last)
    : inputs_(layer.inputs),
      classes_(layer.classes),
      weights_(layer.weights.size()),
      constant_(layer.constant),
      scale_(layer.scale),
      bias_(layer.bias) {
  constant_.resize(bias_.size());
  if (scale_.empty()) scale_.assign(bias_.size(), last.step);
  const auto inputs = static_cast<std::size_t>(inputs_);
  const auto classes = static_cast<std::size_t>(classes_);
  for (std::size_t c = 0; c < classes; ++c) {
    for (std::size_t i = 0; i < inputs; ++i) {
      weights_[i * classes + c] = layer.weights[c * inputs + i];
    }
  }
}

std::vector<double> Readout::scores(const std::uint8_t* levels) const {
  std::vector<double> scores(bias_.size(), 0.0);
  for (int i = 0; i < inputs_; ++i) {
    if (levels[i] == 0) continue;  // adds nothing
    add_scaled(weights_.data() + std::ptrdiff_t{i} * classes_, classes_, levels[i], scores.data());
  }
  for (std::size_t c = 0; c < scores.size(); ++c) {
    scores[c] = (scores[c] + constant_[c]) * scale_[c] + bias_[c];
  }
  return scores;
}

int Readout::best(const std::vector<double>& scores) {
  return static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

}  // namespace spikeloom::converter
