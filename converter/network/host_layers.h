// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// The host's first layer. In double, contraction off: an output's sum starts at 0 and adds the
/// products weight * pixel by ascending (input channel, ky, kx); then
///
///     z = sum + bias
///     y = gamma * (z - mean) / sqrt(variance + epsilon) + beta    from left to right, if
///     normalized
///
/// and its level is the number of i < levels with y * 2^k >= i + 1/2 (for Rounding::kHalfEven > in
/// place of >= where i is even). One order, so the same spikes on every machine.
class Encoder {
 public:
  explicit Encoder(const HostEncoder& layer);

  int inputs() const { return input_.size(); }
  int outputs() const { return output_.size(); }
  /// From `image`, inputs() pixels [channel][y][x], to `levels`, outputs() of [channel][y][x].
  void encode(const double* image, std::uint8_t* levels) const;

 private:
  struct Normalization {
    double gamma, mean, deviation, beta;
  };
  void pad(const double* image, double* padded) const;

  Shape input_;
  Shape output_;
  Window window_;
  Quantizer quantizer_;
  bool normalized_;
  int taps_;  ///< of an output, over all its input channels
  int padded_height_;
  int padded_width_;
  std::vector<std::ptrdiff_t> group_offset_;  ///< [out channel]: its group's first padded pixel
  std::vector<std::ptrdiff_t> tap_offset_;    ///< [tap]: from there, for output (0, 0)
  std::vector<double> weights_;               ///< [out channel][tap]
  std::vector<double> bias_;
  std::vector<Normalization> normalization_;  ///< [out channel]
};

/// The host's last layer: score = (sum of weight * A by ascending input) / 2^k + bias, in double.
class Readout {
 public:
  /// `last` is the quantizer of the layer before.
  Readout(const HostReadout& layer, const Quantizer& last);

  int inputs() const { return inputs_; }
  int classes() const { return classes_; }
  /// From inputs() levels.
  std::vector<double> scores(const std::uint8_t* levels) const;
  /// The class of the highest score, of equal ones the first.
  static int best(const std::vector<double>& scores);

 private:
  int inputs_;
  int classes_;
  double step_;                  ///< 2^-k
  std::vector<double> weights_;  ///< [input][class]
  std::vector<double> bias_;
};

}  // namespace spikeloom::converter
