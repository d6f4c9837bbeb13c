// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/pooling_operators.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/converter/network/weight_grid.h"
#include "spikeloom/converter/recognize/movement_operators.h"
#include "spikeloom/converter/recognize/weighted_sums.h"
#include "spikeloom/converter/recognize/window_recognition.h"

namespace spikeloom::converter {
namespace {

using base::at;

/// Returns the window of the whole image if `node` reduces that, else the window of a pooling.
/// `layout` gets the layout of the result.
Window pooling_window(const Context& context, const OnnxNode& node, const Value& input,
                      Layout& layout) {
  Window window;
  window.kernel_height = input.shape.height;
  window.kernel_width = input.shape.width;
  const int rank = input.layout.rank();
  std::string op = operator_name(node);
  constexpr std::string_view kLinear = "QLinear";  // of ONNX Runtime
  if (op.rfind(kLinear, 0) == 0) op.erase(0, kLinear.size());
  if (op == "GlobalAveragePool" || op == "GlobalMaxPool") {
    node.allow_attributes({"channels_last"});
    require_planes(node, input);
    std::vector<int> dims(at(rank), 1);
    dims[0] = input.shape.channels;
    layout = Layout(std::move(dims));
    return window;
  }
  if (op == "ReduceMean" || op == "ReduceMax") {
    node.allow_attributes({"axes", "keepdims", "noop_with_empty_axes"});
    std::vector<std::int64_t> axes = node.integers("axes", {});
    if (!node.input(1).empty()) {
      for (const double axis : context.graph.constant(node, 1, "axes").values) {
        axes.push_back(whole_number(node, axis, "axes"));
      }
    }
    std::vector<bool> reduced(at(rank));
    for (std::int64_t axis : axes) {
      if (axis < 0) axis += rank + 1;
      if (axis < 1 || axis > rank) node.refuse(fmt::format("axis {}", axis), "the image's axes");
      reduced[static_cast<std::size_t>(axis - 1)] = true;
    }
    // The channels must remain, and all of the image go.
    std::vector<int> order;
    std::vector<int> dims;
    for (const bool last : {false, true}) {
      for (int d = 0; d < rank; ++d) {
        if (reduced[at(d)] == last) order.push_back(d);
      }
    }
    const Layout sorted = input.layout.transposed(order);
    int kept = 1;
    for (int d = 0; d < rank; ++d) {
      if (!reduced[at(d)]) kept *= input.layout.dims()[at(d)];
      if (!reduced[at(d)]) dims.push_back(input.layout.dims()[at(d)]);
      if (reduced[at(d)] && node.integer("keepdims", 1) != 0) dims.push_back(1);
    }
    if (!sorted.in_order() || kept != input.shape.channels) {
      node.refuse("it reduces other axes than height and width", "the image's axes");
    }
    layout = Layout(std::move(dims));
    return window;
  }
  node.allow_attributes({"kernel_shape", "strides", "pads", "auto_pad", "dilations", "ceil_mode",
                         "count_include_pad", "storage_order", "channels_last"});
  require_planes(node, input);
  window = read_window(node, padded(input), input.layout.rank() - 1, {0, 0});
  const bool has_pads =
      window.pad_top + window.pad_left + window.pad_bottom + window.pad_right != 0;
  if (op == "AveragePool" && has_pads && node.integer("count_include_pad", 0) == 0) {
    node.refuse("windows at the border are divided by fewer pixels",
                "no padding, or count_include_pad 1");
  }
  add_pads(input, window);
  check_size(node, output_shape(window, input.shape, input.shape.channels));
  layout = planes_layout(input, output_shape(window, input.shape, input.shape.channels));
  return window;
}

/// Returns the weights with their integers and scales, if they have any.
std::shared_ptr<const GraphWeights> with_codes(const QuantizedTerm& term) {
  WeightConflict conflict{};
  if (!term.weights->codes.empty()) return term.weights;
  const auto grid = find_grid(*term.weights, at(term.outputs), conflict);
  if (!grid) return term.weights;
  auto weights = std::make_shared<GraphWeights>(*term.weights);
  weights->codes.assign(grid->codes.begin(), grid->codes.end());
  for (const Rational& scale : grid->scales) weights->scales.push_back(scale.to_double());
  return weights;
}

/// Returns the extent or stride of a window; refuses larger ones than a network has.
int extent(const OnnxNode& node, std::int64_t pixels) {
  constexpr std::int64_t kMaxWindowExtent = 32768;
  if (pixels > kMaxWindowExtent) {
    node.refuse(
        fmt::format("with the layer before it, which has no quantizer, its windows or their "
                    "strides are {} pixels",
                    pixels),
        fmt::format("at most {}, or a quantizer before it", kMaxWindowExtent));
  }
  return static_cast<int>(pixels);
}

/// Returns the sum of `sum` over windows of its outputs: each of its convolutions with a larger
/// kernel, in which a weight counts as often as the window holds it.
QuantizedLayer sum_over_windows(const OnnxNode& node, const QuantizedLayer& sum,
                                const Window& window) {
  QuantizedLayer result = sum;
  result.name = node.name();
  result.label = node.label();
  result.output = output_shape(window, sum.output, sum.output.channels);
  if (window.pad_top + window.pad_left + window.pad_bottom + window.pad_right != 0) {
    node.refuse("its windows reach into the padding", "no padding after a layer without quantizer");
  }
  for (const ChannelStep& step : sum.steps) {
    if (step.kind == ChannelStep::Kind::kClamp || step.kind == ChannelStep::Kind::kLeakyRelu) {
      node.refuse(fmt::format("{} bends its input", step.label), "a quantizer before it");
    }
  }
  for (QuantizedTerm& term : result.terms) {
    const Window inner = term.window;
    Window& w = term.window;
    const std::int64_t step_y = std::int64_t{inner.stride_y} * window.dilation_y;
    const std::int64_t step_x = std::int64_t{inner.stride_x} * window.dilation_x;
    w.kernel_height =
        extent(node, (std::int64_t{window.kernel_height} - 1) * step_y +
                         (std::int64_t{inner.kernel_height} - 1) * inner.dilation_y + 1);
    w.kernel_width =
        extent(node, (std::int64_t{window.kernel_width} - 1) * step_x +
                         (std::int64_t{inner.kernel_width} - 1) * inner.dilation_x + 1);
    w.stride_y = extent(node, std::int64_t{inner.stride_y} * window.stride_y);
    w.stride_x = extent(node, std::int64_t{inner.stride_x} * window.stride_x);
    w.dilation_y = w.dilation_x = 1;
    const std::size_t rows = term.weights->values.size() / at(inner.taps());
    check_weights(node, static_cast<std::int64_t>(rows) * w.kernel_height * w.kernel_width);
    // Sums of rounded products would be no multiples of their scale: their integers are added.
    const std::shared_ptr<const GraphWeights> from_weights = with_codes(term);
    auto weights = std::make_shared<GraphWeights>();
    weights->scales = from_weights->scales;
    std::vector<double> sums(rows * at(w.taps()));
    if (!from_weights->codes.empty()) weights->codes.assign(sums.size(), 0);
    for (std::size_t row = 0; row < rows; ++row) {
      for (int tap = 0; tap < inner.taps() * window.taps(); ++tap) {
        const int in = tap % inner.taps();
        const int out = tap / inner.taps();
        const std::int64_t y =
            out / window.kernel_width * step_y + in / inner.kernel_width * inner.dilation_y;
        const std::int64_t x =
            out % window.kernel_width * step_x + in % inner.kernel_width * inner.dilation_x;
        const std::size_t from = row * at(inner.taps()) + at(in);
        const std::size_t to =
            row * at(w.taps()) + static_cast<std::size_t>(y * w.kernel_width + x);
        sums[to] += static_cast<double>(from_weights->values[from]);
        if (!weights->codes.empty()) weights->codes[to] += from_weights->codes[from];
      }
    }
    for (const double weight : sums) {
      weights->values.push_back(static_cast<float>(weight));
      if (term.source != kImage || static_cast<double>(weights->values.back()) == weight) continue;
      node.refuse(
          "sums of weights of the first layer, which the host computes, are no float32 numbers",
          "a quantizer before it");
    }
    term.weights = std::move(weights);
  }
  return result;
}

}  // namespace

Value read_average(const Context& context, const OnnxNode& node, const Value& input) {
  Layout layout;
  const Window window = pooling_window(context, node, input, layout);
  require_zero_padding(node, input);
  const Shape output = output_shape(window, input.shape, input.shape.channels);
  Value value;
  const auto* sum = std::get_if<SumValue>(&input.content);
  if (sum != nullptr) {
    value = input;
    value.shape = output;
    value.layout = layout;
    value.content = SumValue{sum_over_windows(node, sum->layer, window), sum->node, {}};
    // Offsets count for each output of the window.
    QuantizedLayer& layer = std::get<SumValue>(value.content).layer;
    if (layer.offset.empty()) layer.offset.assign(at(output.channels), Rational());
    for (std::size_t c = 0; c < layer.bias.size(); ++c) {
      const Rational one =
          layer.offset[c] + Rational::from_double(static_cast<double>(layer.bias[c]));
      layer.offset[c] = one * Rational(window.taps());
      layer.bias[c] = 0;
    }
    // The division goes before the steps, which an average leaves as they are.
    ChannelStep divide;
    divide.kind = ChannelStep::Kind::kDivide;
    divide.label = node.label();
    divide.values.assign(at(output.channels), static_cast<double>(window.taps()));
    layer.steps.insert(layer.steps.begin(), std::move(divide));
    return value;
  }
  if (std::holds_alternative<ImageValue>(input.content)) {
    node.refuse("it comes before the first layer", "a Conv, Gemm or MatMul first");
  }
  value = sum_value(context, node, input,
                    depthwise(node, sources_of(context, node, std::get<LevelsValue>(input.content)),
                              window, output),
                    layout);
  ChannelStep divide;
  divide.kind = ChannelStep::Kind::kDivide;
  divide.label = node.label();
  divide.values.assign(at(output.channels), static_cast<double>(window.taps()));
  std::get<SumValue>(value.content).layer.steps.push_back(std::move(divide));
  return value;
}

Value read_maximum(const Context& context, const OnnxNode& node, const Value& input) {
  if (input.layout.rank() < 2) node.refuse("its input is a vector", "channels x height x width");
  if (std::holds_alternative<ImageValue>(input.content)) {
    node.refuse("it comes before the first layer", "a Conv, Gemm or MatMul first");
  }
  const auto* levels = std::get_if<LevelsValue>(&input.content);
  if (levels == nullptr) {
    node.refuse(fmt::format("its input comes from {} without a quantizer",
                            std::get<SumValue>(input.content).layer.label),
                "a quantizer after every layer but the last");
  }
  Layout layout;
  const Window window = pooling_window(context, node, input, layout);
  if (window.pad_top >= window.kernel_height || window.pad_bottom >= window.kernel_height ||
      window.pad_left >= window.kernel_width || window.pad_right >= window.kernel_width) {
    node.refuse("pads as large as its window", "smaller ones");
  }
  Value value;
  LevelsValue pooled;
  for (const LevelsPart& given : levels->parts) {
    const LevelsPart part = given.decoding.step.sign() < 0 ? rising(context, node, given) : given;
    // Padding must not exceed the lowest value.
    if (!input.pads.empty() &&
        (!part.lowest || LayerStore::levels_of(part).offset < input.pad_value)) {
      node.refuse(
          fmt::format("the padding before it stands for {}, which is above the lowest value",
                      input.pad_value.to_double()),
          "padding by the lowest value, or the pads of the pooling itself");
    }
    auto tensor = std::make_shared<QuantizedTensor>();
    tensor->node = context.position(node);
    QuantizedLayer& layer = tensor->layer;
    layer = start(node);
    if (levels->parts.size() > 1) layer.name += fmt::format(".{}", pooled.parts.size() + 1);
    layer.kind = QuantizedLayer::Kind::kMaxPool;
    QuantizedTerm& term = layer.terms.emplace_back();
    term.label = node.label();
    term.input = part.shape;
    term.window = window;
    term.groups = term.outputs = part.shape.channels;
    layer.output = output_shape(window, part.shape, part.shape.channels);
    check_size(node, layer.output);
    tensor->pooled = part;
    LevelsPart result = part;
    result.shape = layer.output;
    result.tensor = std::move(tensor);
    pooled.parts.push_back(std::move(result));
  }
  value.shape = output_shape(window, input.shape, input.shape.channels);
  value.layout = std::move(layout);
  value.is_integer = input.is_integer;
  value.content = std::move(pooled);
  return value;
}

}  // namespace spikeloom::converter
