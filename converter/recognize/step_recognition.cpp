// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/step_recognition.h"

#include <algorithm>

#include <fmt/format.h>

#include "spikeloom/converter/recognize/quantizer_recognition.h"

namespace spikeloom::converter {
namespace {

ChannelStep read_normalization(const Chain& chain, const OnnxNode& node, int channels) {
  node.allow_attributes({"epsilon", "momentum", "training_mode", "spatial", "is_test"});
  if (node.integer("training_mode", 0) != 0 || node.integer("spatial", 1) != 1) {
    node.refuse("it is in training mode, or not spatial", "a model exported for inference");
  }
  ChannelStep step;
  step.kind = ChannelStep::Kind::kNormalize;
  step.label = node.label();
  step.values = chain.floats(node, 1, "gamma");
  step.beta = chain.floats(node, 2, "beta");
  step.mean = chain.floats(node, 3, "mean");
  step.variance = chain.floats(node, 4, "variance");
  step.epsilon = node.real("epsilon", 1e-5F);
  for (const auto* values : {&step.values, &step.beta, &step.mean, &step.variance}) {
    if (values->size() != static_cast<std::size_t>(channels)) {
      node.refuse(fmt::format("{} parameters for {} channels", values->size(), channels),
                  "one per channel");
    }
  }
  for (std::size_t c = 0; c < step.variance.size(); ++c) {
    const double sum = static_cast<double>(step.variance[c]) + static_cast<double>(step.epsilon);
    if (!(sum > 0)) {
      node.refuse(fmt::format("variance + epsilon of channel {} is {}", c, sum),
                  "a positive number");
    }
  }
  return step;
}

ChannelStep read_arithmetic(const Chain& chain, const OnnxNode& node, bool flat, int channels) {
  using Kind = ChannelStep::Kind;
  ChannelStep step;
  step.label = node.label();
  step.values = per_channel(node, chain.operand(node), flat, channels, "operand");
  const bool constant_first = chain.graph().is_constant(node.input(0));
  if (node.op() == "Mul") {
    step.kind = Kind::kMultiply;
  } else if (node.op() == "Add") {
    step.kind = Kind::kAdd;
  } else if (constant_first) {
    node.refuse("its first operand is constant", "activation - constant, activation / constant");
  } else if (node.op() == "Sub") {
    step.kind = Kind::kAdd;
    for (float& value : step.values) value = -value;
  } else {
    step.kind = Kind::kDivide;
    for (const float value : step.values) {
      if (value == 0) node.refuse("it divides by 0", "other numbers");
    }
  }
  return step;
}

}  // namespace

std::vector<float> per_channel(const OnnxNode& node, const Tensor& tensor, bool flat, int channels,
                               const std::string& what) {
  const int rank = flat ? 2 : 4;
  bool fits = tensor.rank() <= rank;
  for (int d = 0; fits && d < tensor.rank(); ++d) {
    const std::int64_t dim = tensor.dims[static_cast<std::size_t>(d)];
    const bool along_channels = d + rank - tensor.rank() == 1;
    fits = dim == 1 || (along_channels && dim == channels);
  }
  if (!fits) {
    node.refuse(fmt::format("its {} is of shape {}", what, format_dims(tensor.dims)),
                flat ? fmt::format("a scalar, or {}", channels)
                     : fmt::format("a scalar, or {}x1x1", channels));
  }
  std::vector<float> values = Chain::floats(node, tensor, what);
  if (tensor.is_scalar()) values.assign(static_cast<std::size_t>(channels), values.front());
  return values;
}

void move_scale_to_exponent(QuantizedLayer& layer) {
  using Kind = ChannelStep::Kind;
  while (!layer.steps.empty()) {
    const ChannelStep& last = layer.steps.back();
    if (last.kind != Kind::kMultiply && last.kind != Kind::kDivide) return;
    const float factor = last.values.front();
    const auto exponent = exponent_of(static_cast<double>(factor));
    const bool uniform = std::all_of(last.values.begin(), last.values.end(),
                                     [factor](float value) { return value == factor; });
    if (!exponent || !uniform) return;
    layer.exponent += last.kind == Kind::kMultiply ? *exponent : -*exponent;
    layer.steps.pop_back();
  }
}

bool starts_step(const Chain& chain) {
  for (const char* op : {"BatchNormalization", "Add", "Sub", "Mul", "Div"}) {
    if (chain.next_is(op)) return !starts_quantizer(chain);
  }
  return false;
}

bool read_step(Chain& chain, QuantizedLayer& layer) {
  if (!starts_step(chain)) return false;
  const int channels = layer.output.channels;
  const OnnxNode& node = chain.take();
  layer.steps.push_back(node.op() == "BatchNormalization"
                            ? read_normalization(chain, node, channels)
                            : read_arithmetic(chain, node, layer.flat, channels));
  return true;
}

}  // namespace spikeloom::converter
