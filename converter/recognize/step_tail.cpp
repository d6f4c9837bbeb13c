// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/step_tail.h"

#include <cmath>

#include "spikeloom/converter/recognize/operands.h"

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;

bool is_power_of_two(double value) {
  int exponent = 0;
  return std::frexp(value, &exponent) == 0.5;
}

class TailTaker {
 public:
  TailTaker(const std::vector<ChannelStep>& steps, const UniformRounding& rounding)
      : steps_(steps), own_(rounding), end_(steps.size()) {
    tail_.rounding = rounding;
  }

  StepTail take() {
    while (end_ > 0 && take_last()) --end_;
    // Bounds of the rounding's operand become such of what is before the tail.
    const auto before = [this](std::optional<Rational>& bound) {
      if (bound) bound = (*bound - tail_.rounding.addend) / tail_.rounding.multiplier;
    };
    before(tail_.lower);
    before(tail_.upper);
    return std::move(tail_);
  }

  std::size_t steps_left() const { return end_; }

 private:
  bool take_last() {
    UniformRounding& rounding = tail_.rounding;
    const ChannelStep& step = steps_[end_ - 1];
    switch (step.kind) {
      case Kind::kNormalize:
      case Kind::kLeakyRelu:
        return false;
      case Kind::kClamp:
        bound(step);
        return true;
      case Kind::kMultiply:
      case Kind::kDivide: {
        const double factor = step.values.front();
        if (!is_uniform(step.values) || factor <= 0) return false;
        // Before all bounds, a factor that is no power of two stays a step.
        if (!is_power_of_two(factor) && !has_bound_before()) return false;
        const Rational exact = Rational::from_double(factor);
        rounding.multiplier = step.kind == Kind::kMultiply ? rounding.multiplier * exact
                                                           : rounding.multiplier / exact;
        return true;
      }
      case Kind::kAdd: {
        if (!is_uniform(step.values)) return false;
        const Rational addend =
            rounding.addend + rounding.multiplier * Rational::from_double(step.values.front());
        // Floor(x + 1/2) rounds ties up.
        const Rational half(Integer(1), Integer(2));
        if (rounding.rounding == Rounding::kFloor && Rational(addend - half).is_integer()) {
          rounding.rounding = Rounding::kHalfUp;
          rounding.addend = addend - half;
          if (tail_.lower) tail_.lower = *tail_.lower - half;
          if (tail_.upper) tail_.upper = *tail_.upper - half;
          return true;
        }
        if (!has_bound_before()) return false;
        rounding.addend = addend;
        return true;
      }
    }
    return false;
  }

  /// Whether a bound comes before the last step, with uniform steps in between.
  bool has_bound_before() const {
    for (std::size_t s = end_; s-- > 0;) {
      const ChannelStep& step = steps_[s];
      if (step.kind == Kind::kClamp) return true;
      if (step.kind == Kind::kNormalize || step.kind == Kind::kLeakyRelu ||
          !is_uniform(step.values) || (step.kind != Kind::kAdd && step.values.front() <= 0)) {
        return false;
      }
    }
    return false;
  }

  void bound(const ChannelStep& step) {
    const UniformRounding& rounding = tail_.rounding;
    const auto operand = [&rounding](const Rational& bound) {
      return bound * rounding.multiplier + rounding.addend;
    };
    if (step.lower) {
      const Integer value = integer_of(*step.lower);
      if (!tail_.lowest || *tail_.lowest < value) tail_.lowest = value;
      const Rational number = operand(*step.lower);
      if (!tail_.lower || *tail_.lower < number) tail_.lower = number;
    }
    if (step.upper) {
      const Integer value = integer_of(*step.upper);
      if (!tail_.highest || value < *tail_.highest) tail_.highest = value;
      const Rational number = operand(*step.upper);
      if (!tail_.upper || number < *tail_.upper) tail_.upper = number;
    }
  }

  /// Returns the integer of a bound of the last step: the graph's own tool computes it in float32.
  Integer integer_of(const Rational& bound) const {
    if (own_.in_integers) return tail_.rounding(bound);
    NumberSteps after;
    for (std::size_t s = end_; s < steps_.size(); ++s) after.append(steps_[s], 0);
    const double number = after(bound.to_double());
    return std::isfinite(number) ? own_.of_known(number) : tail_.rounding(bound);
  }

  const std::vector<ChannelStep>& steps_;
  UniformRounding own_;  ///< the operator's, without the tail
  std::size_t end_;      ///< number of steps that are not taken
  StepTail tail_;
};

}  // namespace

StepTail take_tail(std::vector<ChannelStep>& steps, const UniformRounding& rounding) {
  TailTaker taker(steps, rounding);
  StepTail tail = taker.take();
  steps.resize(taker.steps_left());
  return tail;
}

}  // namespace spikeloom::converter
