// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"

namespace spikeloom::converter {

/// Steps on a number that is known before any image: a bound, or the value of a level. They are
/// computed as the graph's own tool does, each rounded to float32; to double if the number or an
/// operand is no float32 number.
class NumberSteps {
 public:
  void multiply(double factor) { steps_.push_back({Kind::kMultiply, factor}); }
  void divide(double divisor) { steps_.push_back({Kind::kDivide, divisor}); }
  void add(double term) { steps_.push_back({Kind::kAdd, term}); }
  void append(const NumberSteps& more) {
    steps_.insert(steps_.end(), more.steps_.begin(), more.steps_.end());
  }
  /// Adds a step of a channel. Returns false, without a change, for a normalization, of which tools
  /// round the parts in different ways.
  bool append(const ChannelStep& step, std::size_t channel);

  /// Returns the result; infinite or NaN if it overflows.
  double operator()(double number) const;

 private:
  enum class Kind { kMultiply, kDivide, kAdd, kLower, kUpper, kBend };
  struct Step {
    Kind kind;
    double operand;
  };
  template <typename Float>
  static Float apply(const Step& step, Float number);

  std::vector<Step> steps_;
};

}  // namespace spikeloom::converter
