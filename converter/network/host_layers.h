// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// The first layer, computed by the host in double without contraction. The sum of an output starts
/// at 0 and adds the products weight * pixel in ascending order of (input channel, ky, kx); then
///
///     z = sum + bias
///     y = gamma * (z - mean) / sqrt(variance + epsilon) + beta    evaluated from left to right;
///                                                                 without normalization y = z
///
/// and the level is the number of thresholds that y reaches: those of the layer, or y * 2^k >= i +
/// 1/2 for i < levels (with > for Rounding::kHalfEven and even i). The steps of pixels come first,
/// in float32. The fixed order gives the same spikes on every machine.
class Encoder {
 public:
  explicit Encoder(const HostEncoder& layer);

  int inputs() const { return input_.size(); }
  int outputs() const { return output_.size(); }
  /// Computes `levels`, an array of outputs() levels [channel][y][x], from `image`, an array of
  /// inputs() pixels [channel][y][x].
  void encode(const double* image, std::uint8_t* levels) const;

 private:
  struct Normalization {
    double gamma, mean, deviation, beta;
  };
  /// Returns the padded image, after the steps and the quantizer of pixels.
  std::vector<double> pad(const double* image) const;
  /// Returns where a pixel of the padded image is. Pixels one stride apart are adjacent: each phase
  /// of the strides is a plane of its own.
  std::ptrdiff_t padded_index(int channel, int y, int x) const;
  double pixel(double value, std::size_t channel) const;

  Shape input_;
  Shape output_;
  Window window_;
  std::vector<PixelStep> pixel_steps_;
  std::optional<PixelQuantizer> pixel_quantizer_;
  int levels_;
  std::vector<double> thresholds_;  ///< [out channel][level]
  bool normalized_;
  int taps_;          ///< taps of an output, over all its input channels
  int plane_height_;  ///< of a phase of the padded image
  int plane_width_;
  std::vector<std::ptrdiff_t> group_offset_;  ///< [out channel]: first padded pixel of its group
  std::vector<std::ptrdiff_t> tap_offset_;    ///< [tap]: offset from there for output (0, 0)
  std::vector<double> weights_;               ///< [out channel][tap]
  std::vector<double> bias_;
  std::vector<Normalization> normalization_;  ///< [out channel]
};

/// The last layer, computed by the host in double: score = (sum of weight * A in ascending order of
/// inputs + constant) * scale + bias.
class Readout {
 public:
  /// `last` is the quantizer of the last on-chip layer.
  Readout(const HostReadout& layer, const Quantizer& last);

  int inputs() const { return inputs_; }
  int classes() const { return classes_; }
  /// Returns classes() scores from an array of inputs() levels.
  std::vector<double> scores(const std::uint8_t* levels) const;
  /// Returns the class with the highest score, the first one if several are equal.
  static int best(const std::vector<double>& scores);

 private:
  int inputs_;
  int classes_;
  std::vector<double> weights_;   ///< [input][class]
  std::vector<double> constant_;  ///< [class]
  std::vector<double> scale_;     ///< [class]
  std::vector<double> bias_;      ///< [class]
};

}  // namespace spikeloom::converter
