// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/number_steps.h"

#include <algorithm>

namespace spikeloom::converter {
namespace {

bool is_float(double number) { return static_cast<double>(static_cast<float>(number)) == number; }

}  // namespace

bool NumberSteps::append(const ChannelStep& step, std::size_t channel) {
  switch (step.kind) {
    case ChannelStep::Kind::kMultiply:
      multiply(step.values[channel]);
      return true;
    case ChannelStep::Kind::kDivide:
      divide(step.values[channel]);
      return true;
    case ChannelStep::Kind::kAdd:
      add(step.values[channel]);
      return true;
    case ChannelStep::Kind::kClamp:
      if (step.lower) steps_.push_back({Kind::kLower, step.lower->to_double()});
      if (step.upper) steps_.push_back({Kind::kUpper, step.upper->to_double()});
      return true;
    case ChannelStep::Kind::kLeakyRelu:
      steps_.push_back({Kind::kBend, step.values[channel]});
      return true;
    case ChannelStep::Kind::kNormalize:
      return false;
  }
  return false;
}

template <typename Float>
Float NumberSteps::apply(const Step& step, Float number) {
  const auto operand = static_cast<Float>(step.operand);
  switch (step.kind) {
    case Kind::kMultiply:
      return number * operand;
    case Kind::kDivide:
      return number / operand;
    case Kind::kAdd:
      return number + operand;
    case Kind::kLower:
      return std::max(number, operand);
    case Kind::kUpper:
      return std::min(number, operand);
    case Kind::kBend:
      return number < 0 ? number * operand : number;
  }
  return number;
}

double NumberSteps::operator()(double number) const {
  const bool floats =
      is_float(number) && std::all_of(steps_.begin(), steps_.end(),
                                      [](const Step& step) { return is_float(step.operand); });
  if (!floats) {
    for (const Step& step : steps_) number = apply(step, number);
    return number;
  }
  auto result = static_cast<float>(number);
  for (const Step& step : steps_) result = apply(step, result);
  return static_cast<double>(result);
}

}  // namespace spikeloom::converter
