// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/affine_operators.h"

#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/converter/recognize/quantizer_operators.h"
#include "spikeloom/converter/recognize/weighted_operators.h"
#include "spikeloom/converter/recognize/weighted_sums.h"

namespace spikeloom::converter {
namespace {

using base::at;

ImageStep image_step(const OnnxNode& node, ImageStep::Kind kind,
                     const std::vector<double>& values) {
  ImageStep step;
  step.kind = kind;
  step.label = node.label();
  step.values.assign(values.begin(), values.end());
  return step;
}

ChannelStep channel_step(const OnnxNode& node, ChannelStep::Kind kind,
                         const std::vector<double>& values) {
  ChannelStep step;
  step.kind = kind;
  step.label = node.label();
  step.values = values;
  return step;
}

/// Padding stands for one value in all channels.
void require_uniform_padding(const OnnxNode& node, const std::vector<double>& values,
                             const Value& value) {
  if (value.pads.empty() || is_uniform(values)) return;
  node.refuse("it gives padding different values in different channels",
              "Pad after it, or in the convolution");
}

void refuse_zeros(const OnnxNode& node, const std::vector<double>& values, const char* what) {
  for (const double value : values) {
    if (value == 0) node.refuse(what, "other numbers");
  }
}

/// Makes a sum of levels, to which channels can do different things.
SumValue& to_sum(const Context& context, const OnnxNode& node, Value& value) {
  if (auto* levels = std::get_if<LevelsValue>(&value.content)) {
    const OnnxNode& first = levels->first_step == nullptr ? node : *levels->first_step;
    value = identity_sum(context, first, value);
  }
  return std::get<SumValue>(value.content);
}

}  // namespace

void multiply(const Context& context, const OnnxNode& node, const std::vector<double>& factors,
              Value& value) {
  require_uniform_padding(node, factors, value);
  value.pad_value = value.pad_value * Rational::from_double(factors.front());
  if (auto* image = std::get_if<ImageValue>(&value.content)) {
    refuse_zeros(node, factors, "it multiplies the image by 0");
    image->steps.push_back(image_step(node, ImageStep::Kind::kMultiply, factors));
    return;
  }
  auto* levels = std::get_if<LevelsValue>(&value.content);
  if (levels != nullptr && is_uniform(factors)) {
    refuse_zeros(node, factors, "it multiplies activations by 0");
    const Rational factor = Rational::from_double(factors.front());
    for (LevelsPart& part : levels->parts) {
      part.decoding.step = part.decoding.step * factor;
      part.decoding.offset = part.decoding.offset * factor;
      part.values.multiply(factors.front());
    }
    if (levels->first_step == nullptr) levels->first_step = &node;
    return;
  }
  to_sum(context, node, value)
      .layer.steps.push_back(channel_step(node, ChannelStep::Kind::kMultiply, factors));
}

void divide(const Context& context, const OnnxNode& node, const std::vector<double>& divisors,
            Value& value) {
  refuse_zeros(node, divisors, "it divides by 0");
  require_uniform_padding(node, divisors, value);
  value.pad_value = value.pad_value / Rational::from_double(divisors.front());
  if (auto* image = std::get_if<ImageValue>(&value.content)) {
    image->steps.push_back(image_step(node, ImageStep::Kind::kDivide, divisors));
    return;
  }
  auto* levels = std::get_if<LevelsValue>(&value.content);
  if (levels != nullptr && is_uniform(divisors)) {
    const Rational divisor = Rational::from_double(divisors.front());
    for (LevelsPart& part : levels->parts) {
      part.decoding.step = part.decoding.step / divisor;
      part.decoding.offset = part.decoding.offset / divisor;
      part.values.divide(divisors.front());
    }
    if (levels->first_step == nullptr) levels->first_step = &node;
    return;
  }
  to_sum(context, node, value)
      .layer.steps.push_back(channel_step(node, ChannelStep::Kind::kDivide, divisors));
}

void add(const Context& context, const OnnxNode& node, const std::vector<double>& terms,
         Value& value) {
  require_uniform_padding(node, terms, value);
  value.pad_value = value.pad_value + Rational::from_double(terms.front());
  if (auto* image = std::get_if<ImageValue>(&value.content)) {
    image->steps.push_back(image_step(node, ImageStep::Kind::kAdd, terms));
    return;
  }
  auto* levels = std::get_if<LevelsValue>(&value.content);
  if (levels != nullptr && is_uniform(terms)) {
    const Rational term = Rational::from_double(terms.front());
    for (LevelsPart& part : levels->parts) {
      part.decoding.offset = part.decoding.offset + term;
      part.values.add(terms.front());
    }
    if (levels->first_step == nullptr) levels->first_step = &node;
    return;
  }
  to_sum(context, node, value)
      .layer.steps.push_back(channel_step(node, ChannelStep::Kind::kAdd, terms));
}

void clamp(const OnnxNode& node, std::optional<Rational> lower, std::optional<Rational> upper,
           Value& value) {
  if (lower && upper && *upper < *lower) {
    node.refuse("its bounds exclude each other", "a lower bound below the upper one");
  }
  if (lower && value.pad_value < *lower) value.pad_value = *lower;
  if (upper && *upper < value.pad_value) value.pad_value = *upper;
  if (auto* image = std::get_if<ImageValue>(&value.content)) {
    ImageStep step = image_step(node, ImageStep::Kind::kClamp, {});
    const float infinity = std::numeric_limits<float>::infinity();
    step.lower = lower ? static_cast<float>(lower->to_double()) : -infinity;
    step.upper = upper ? static_cast<float>(upper->to_double()) : infinity;
    image->steps.push_back(std::move(step));
    return;
  }
  if (auto* sum = std::get_if<SumValue>(&value.content)) {
    ChannelStep step = channel_step(node, ChannelStep::Kind::kClamp, {});
    step.lower = std::move(lower);
    step.upper = std::move(upper);
    sum->layer.steps.push_back(std::move(step));
    return;
  }
  for (LevelsPart& part : std::get<LevelsValue>(value.content).parts) {
    // The integer of a bound, which must be one if it takes levels away.
    const auto integer_of = [&](const Rational& bound) {
      const Rational exact = (bound - part.decoding.offset) / part.decoding.step;
      const Rational nearest((exact + Rational(Integer(1), Integer(2))).floor(), Integer(1));
      // The value of a level, rounded to float32.
      return part.values(nearest.to_double()) == bound.to_double() ? nearest : exact;
    };
    const bool rising = part.decoding.step.sign() > 0;
    const std::optional<Rational>& first = rising ? lower : upper;
    const std::optional<Rational>& last = rising ? upper : lower;
    const auto apply = [&](const std::optional<Rational>& bound, bool from_below) {
      if (!bound) return;
      const Rational integer = integer_of(*bound);
      std::optional<Integer>& own = from_below ? part.lowest : part.highest;
      const bool binds = !own || (from_below ? Rational(*own, Integer(1)) < integer
                                             : integer < Rational(*own, Integer(1)));
      if (!binds) return;
      // A bound beyond the whole range makes a constant of them.
      std::optional<Integer>& other = from_below ? part.highest : part.lowest;
      const bool beyond = other && (from_below ? Rational(*other, Integer(1)) < integer
                                               : integer < Rational(*other, Integer(1)));
      if (!integer.is_integer()) {
        node.refuse(fmt::format("its bound {} is no value of the activations", bound->to_double()),
                    "a bound that is one of their values");
      }
      own = integer.numerator();
      if (beyond) other = own;
    };
    apply(first, true);
    apply(last, false);
  }
}

void normalize(const Context& context, const OnnxNode& node, ChannelStep step, Value& value) {
  if (std::holds_alternative<ImageValue>(value.content)) {
    node.refuse("it normalizes the image", "Sub and Div by constants");
  }
  step.kind = ChannelStep::Kind::kNormalize;
  step.label = node.label();
  to_sum(context, node, value).layer.steps.push_back(std::move(step));
}

Value read_arithmetic(const Context& context, const OnnxNode& node, Value value,
                      bool constant_first) {
  node.allow_attributes({});
  const Tensor& tensor = context.graph.constant(node, constant_first ? 0 : 1, "operand");
  if (!tensor.is_scalar()) set_channels_first(value);
  std::vector<double> operand = per_channel(node, value, tensor, "operand");
  const std::string& op = node.op();
  if (op == "Mul") {
    multiply(context, node, operand, value);
  } else if (op == "Add" || op == "Sum") {
    add(context, node, operand, value);
  } else if (op == "Div") {
    if (constant_first) node.refuse("it divides by the activation", "activation / constant");
    if (value.is_integer) {
      if (!is_uniform(operand)) {
        node.refuse("it divides integers of different channels by different numbers",
                    "one divisor for all");
      }
      return divide_integers(context, node, operand.front(), std::move(value));
    }
    divide(context, node, operand, value);
  } else {
    if (constant_first) {
      multiply(context, node, std::vector<double>(operand.size(), -1.0), value);
    } else {
      for (double& number : operand) number = -number;
    }
    add(context, node, operand, value);
  }
  return value;
}

Value read_normalization(const Context& context, const OnnxNode& node, Value value) {
  node.allow_attributes({"epsilon", "momentum", "training_mode", "spatial", "is_test"});
  if (node.integer("training_mode", 0) != 0 || node.integer("spatial", 1) != 1) {
    node.refuse("it is in training mode, or not spatial", "a model exported for inference");
  }
  const auto parameters = [&](int i, const char* what) {
    return per_channel_along(
        node, value, numbers(node, context.graph.constant(node, i, what), what), 0, "parameters");
  };
  ChannelStep step;
  step.values = parameters(1, "gamma");
  step.beta = parameters(2, "beta");
  step.mean = parameters(3, "mean");
  step.variance = parameters(4, "variance");
  step.epsilon = static_cast<double>(node.real("epsilon", 1e-5F));
  for (std::size_t c = 0; c < step.variance.size(); ++c) {
    const double sum = step.variance[c] + step.epsilon;
    if (!(sum > 0)) {
      node.refuse(fmt::format("variance + epsilon of channel {} is {}", c, sum),
                  "a positive number");
    }
  }
  normalize(context, node, std::move(step), value);
  return value;
}

Value read_clip(const Context& context, const OnnxNode& node, Value value) {
  if (node.op() == "Relu") {
    node.allow_attributes({});
    clamp(node, Rational(0), std::nullopt, value);
    return value;
  }
  node.allow_attributes({"min", "max"});
  const double infinity = std::numeric_limits<double>::infinity();
  double lower = node.has("min") ? static_cast<double>(node.real("min", 0)) : -infinity;
  double upper = node.has("max") ? static_cast<double>(node.real("max", 0)) : infinity;
  const auto bound = [&](int i, const char* what) {
    const Tensor& tensor = context.graph.constant(node, i, what);
    if (!tensor.is_scalar() || std::isnan(tensor.values[0])) {
      node.refuse(fmt::format("its {} is not one number", what), "one number");
    }
    return tensor.values[0];
  };
  if (!node.input(1).empty()) lower = bound(1, "minimum");
  if (!node.input(2).empty()) upper = bound(2, "maximum");
  if (std::isnan(lower) || std::isnan(upper)) node.refuse("a bound is NaN", "Clip(0, B)");
  // The largest float32 number stands for no bound.
  const double largest = static_cast<double>(std::numeric_limits<float>::max());
  const auto optional = [largest](double number) {
    return std::abs(number) < largest ? std::optional<Rational>(Rational::from_double(number))
                                      : std::nullopt;
  };
  clamp(node, optional(lower), optional(upper), value);
  return value;
}

Value read_leaky_relu(const Context& context, const OnnxNode& node, Value value) {
  node.allow_attributes({"alpha"});
  std::vector<double> slopes(at(value.shape.channels),
                             static_cast<double>(node.real("alpha", 0.01F)));
  if (node.op() == "PRelu") {
    slopes = per_channel(node, value, context.graph.constant(node, 1, "slope"), "slope");
  }
  for (const double slope : slopes) {
    if (!(slope > 0)) node.refuse(fmt::format("its slope is {}", slope), "a positive number");
  }
  if (std::holds_alternative<ImageValue>(value.content)) {
    node.refuse("it bends the image", "a quantizer of the image after it");
  }
  to_sum(context, node, value)
      .layer.steps.push_back(channel_step(node, ChannelStep::Kind::kLeakyRelu, slopes));
  return value;
}

Value read_negation(const Context& context, const OnnxNode& node, Value value) {
  node.allow_attributes({});
  multiply(context, node, std::vector<double>(at(value.shape.channels), -1.0), value);
  return value;
}

}  // namespace spikeloom::converter
