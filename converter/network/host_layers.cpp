// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/host_layers.h"

#include <algorithm>
#include <cmath>

#include "spikeloom/converter/network/simd.h"

namespace spikeloom::converter {
namespace {

/// sums[x] = sum over the taps, in their order, of weight * pixels[offset + x * stride].
SPIKELOOM_TARGET_CLONES
void sum_row(const double* pixels, const std::ptrdiff_t* offsets, const double* weights, int taps,
             int width, int stride, double* __restrict sums) {
  std::fill_n(sums, width, 0.0);
  for (int tap = 0; tap < taps; ++tap) {
    const double weight = weights[tap];
    const double* row = pixels + offsets[tap];
    if (stride == 1) {
      for (int x = 0; x < width; ++x) sums[x] += weight * row[x];
    } else {
      for (int x = 0; x < width; ++x) sums[x] += weight * row[std::ptrdiff_t{x} * stride];
    }
  }
}

SPIKELOOM_TARGET_CLONES
void normalize(double* values, int count, double gamma, double mean, double deviation,
               double beta) {
  for (int i = 0; i < count; ++i) values[i] = gamma * (values[i] - mean) / deviation + beta;
}

/// levels[i] += values[i] >= threshold.
SPIKELOOM_TARGET_CLONES
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

SPIKELOOM_TARGET_CLONES
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
      padded_height_(layer.input.height + layer.window.pad_top + layer.window.pad_bottom),
      padded_width_(layer.input.width + layer.window.pad_left + layer.window.pad_right),
      weights_(layer.weights.begin(), layer.weights.end()),
      bias_(layer.bias.begin(), layer.bias.end()) {
  const int group_inputs = input_.channels / layer.groups;
  const int group_outputs = output_.channels / layer.groups;
  const std::ptrdiff_t plane = std::ptrdiff_t{padded_height_} * padded_width_;
  for (int c = 0; c < output_.channels; ++c) {
    group_offset_.push_back(c / group_outputs * group_inputs * plane);
  }
  for (int c = 0; c < group_inputs; ++c) {
    for (int ky = 0; ky < window_.kernel_height; ++ky) {
      for (int kx = 0; kx < window_.kernel_width; ++kx) {
        tap_offset_.push_back(c * plane + std::ptrdiff_t{ky} * window_.dilation_y * padded_width_ +
                              std::ptrdiff_t{kx} * window_.dilation_x);
      }
    }
  }
  for (std::size_t c = 0; c < layer.gamma.size(); ++c) {
    const double variance = static_cast<double>(layer.variance[c]) + layer.epsilon;
    normalization_.push_back({layer.gamma[c], layer.mean[c], std::sqrt(variance), layer.beta[c]});
  }
}

void Encoder::pad(const double* image, double* padded) const {
  for (int c = 0; c < input_.channels; ++c) {
    for (int y = 0; y < input_.height; ++y) {
      const std::ptrdiff_t row = std::ptrdiff_t{c} * padded_height_ + window_.pad_top + y;
      const double* from = image + input_.index(c, y, 0);
      double* to = padded + row * padded_width_ + window_.pad_left;
      if (pixel_steps_.empty() && !pixel_quantizer_) {
        std::copy_n(from, input_.width, to);
        continue;
      }
      for (int x = 0; x < input_.width; ++x) to[x] = pixel(from[x], static_cast<std::size_t>(c));
    }
  }
}

double Encoder::pixel(double value, std::size_t channel) const {
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
  std::vector<double> padded(static_cast<std::size_t>(input_.channels) *
                             static_cast<std::size_t>(padded_height_) *
                             static_cast<std::size_t>(padded_width_));
  pad(image, padded.data());
  const int pixels = output_.height * output_.width;
  std::vector<double> values(static_cast<std::size_t>(pixels));
  for (int c = 0; c < output_.channels; ++c) {
    const auto channel = static_cast<std::size_t>(c);
    const double* weights = weights_.data() + channel * static_cast<std::size_t>(taps_);
    for (int y = 0; y < output_.height; ++y) {
      const double* rows = padded.data() + group_offset_[channel] +
                           std::ptrdiff_t{y} * window_.stride_y * padded_width_;
      sum_row(rows, tap_offset_.data(), weights, taps_, output_.width, window_.stride_x,
              values.data() + std::ptrdiff_t{y} * output_.width);
    }
    for (double& value : values) value += bias_[channel];
    if (normalized_) {
      const Normalization& n = normalization_[channel];
      normalize(values.data(), pixels, n.gamma, n.mean, n.deviation, n.beta);
    }
    std::uint8_t* const reached = levels + std::ptrdiff_t{c} * pixels;
    std::fill_n(reached, pixels, std::uint8_t{0});
    for (int i = 0; i < levels_; ++i) {
      count_reached(
          values.data(), pixels,
          thresholds_[channel * static_cast<std::size_t>(levels_) + static_cast<std::size_t>(i)],
          reached);
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
