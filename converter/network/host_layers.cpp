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

/// Quantizes values * scale to levels. After clipping to 0..top, truncation equals floor and the
/// remainder is exact.
template <bool kHalfEven>
inline void quantize(const double* values, int count, double scale, double top,
                     std::uint8_t* levels) {
  for (int i = 0; i < count; ++i) {
    const double scaled = values[i] * scale;
    const double bounded = scaled > 0 ? (scaled < top ? scaled : top) : 0;
    const int whole = static_cast<int>(bounded);
    const double rest = bounded - whole;
    const bool up = kHalfEven ? rest > 0.5 || (rest == 0.5 && (whole & 1) != 0) : rest >= 0.5;
    levels[i] = static_cast<std::uint8_t>(whole + (up ? 1 : 0));
  }
}

SPIKELOOM_TARGET_CLONES
void quantize_half_up(const double* values, int count, double scale, double top,
                      std::uint8_t* levels) {
  quantize<false>(values, count, scale, top, levels);
}

SPIKELOOM_TARGET_CLONES
void quantize_half_even(const double* values, int count, double scale, double top,
                        std::uint8_t* levels) {
  quantize<true>(values, count, scale, top, levels);
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
      quantizer_(layer.quantizer),
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
      std::copy_n(image + input_.index(c, y, 0), input_.width,
                  padded + row * padded_width_ + window_.pad_left);
    }
  }
}

void Encoder::encode(const double* image, std::uint8_t* levels) const {
  // Zeros in the padding add nothing, so the sums equal those over the taps inside the image.
  std::vector<double> padded(static_cast<std::size_t>(input_.channels) *
                             static_cast<std::size_t>(padded_height_) *
                             static_cast<std::size_t>(padded_width_));
  pad(image, padded.data());
  const int pixels = output_.height * output_.width;
  std::vector<double> values(static_cast<std::size_t>(pixels));
  const double scale = std::ldexp(1.0, quantizer_.k);
  const auto quantizer = quantizer_.half_even() ? &quantize_half_even : &quantize_half_up;
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
    quantizer(values.data(), pixels, scale, quantizer_.levels, levels + std::ptrdiff_t{c} * pixels);
  }
}

Readout::Readout(const HostReadout& layer, const Quantizer& last)
    : inputs_(layer.inputs),
      classes_(layer.classes),
      step_(std::ldexp(1.0, -last.k)),
      weights_(layer.weights.size()),
      bias_(layer.bias.begin(), layer.bias.end()) {
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
  for (std::size_t c = 0; c < scores.size(); ++c) scores[c] = scores[c] * step_ + bias_[c];
  return scores;
}

int Readout::best(const std::vector<double>& scores) {
  return static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

}  // namespace spikeloom::converter
