// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/movement_operators.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/base/list_text.h"
#include "spikeloom/converter/recognize/weighted_sums.h"

namespace spikeloom::converter {
namespace {

using base::at;

/// Returns the layer that gives the integers of `part`, times `sign`.
Source integers_of(const Context& context, const OnnxNode& node, const LevelsPart& part, int sign) {
  const int number = context.layers.number_of(node, part);
  const Rational factor(sign);
  return {number, {factor, factor * to_rational(*part.lowest)}, part.shape};
}

/// Returns a tensor of integers that are the sums of `layer`.
std::shared_ptr<QuantizedTensor> integer_tensor(const Context& context, const OnnxNode& node,
                                                QuantizedLayer layer) {
  check_size(node, layer.output);
  auto tensor = std::make_shared<QuantizedTensor>();
  tensor->layer = std::move(layer);
  tensor->node = context.position(node);
  tensor->quantizer = RoundingChain{{{}}};
  return tensor;
}

const LevelsValue& levels_of(const OnnxNode& node, const Value& input) {
  if (!input.pads.empty()) node.refuse("padding goes before it", "padding after it");
  if (std::holds_alternative<ImageValue>(input.content)) {
    node.refuse("it picks or repeats pixels of the image", "images of the form that it makes");
  }
  if (const auto* sum = std::get_if<SumValue>(&input.content)) {
    node.refuse(fmt::format("its input comes from {} without a quantizer", sum->layer.label),
                "a quantizer after every layer but the last");
  }
  return std::get<LevelsValue>(input.content);
}

/// Returns the levels of a layer that picks channels of `levels`; `channels` are numbered over all
/// parts, which stand for the same numbers.
LevelsPart pick_channels(const Context& context, const OnnxNode& node, const LevelsValue& levels,
                         const std::vector<int>& channels) {
  LevelsPart result = levels.parts.front();
  for (const LevelsPart& part : levels.parts) {
    if (!(part.decoding.step == result.decoding.step) ||
        !(part.decoding.offset == result.decoding.offset)) {
      node.refuse("it picks channels of a concatenation of different levels",
                  "Concat after it, or activations of one quantizer");
    }
    if (!part.lowest || (result.lowest && *part.lowest < *result.lowest))
      result.lowest = part.lowest;
    if (!part.highest || (result.highest && *result.highest < *part.highest)) {
      result.highest = part.highest;
    }
  }
  QuantizedLayer layer = start(node);
  layer.output = result.shape;
  layer.output.channels = static_cast<int>(channels.size());
  check_size(node, layer.output);
  layer.bias.assign(channels.size(), 0.0F);
  int first = 0;
  for (const LevelsPart& part : levels.parts) {
    QuantizedTerm& term =
        layer.terms.emplace_back(start_term(node, integers_of(context, node, part, 1)));
    term.outputs = layer.output.channels;
    const int inputs = part.shape.channels;
    check_weights(node, std::int64_t{layer.output.channels} * inputs);
    auto weights = std::make_shared<GraphWeights>();
    weights->values.assign(channels.size() * at(inputs), 0.0F);
    for (std::size_t o = 0; o < channels.size(); ++o) {
      const int input = channels[o] - first;
      if (input >= 0 && input < inputs) weights->values[o * at(inputs) + at(input)] = 1.0F;
    }
    term.weights = std::move(weights);
    first += inputs;
  }
  result.shape = layer.output;
  result.tensor = integer_tensor(context, node, std::move(layer));
  return result;
}

/// Returns the levels of a layer that takes pixels of `part`, in each channel: the one of `tap`
/// within a window.
LevelsPart pick_pixels(const Context& context, const OnnxNode& node, const LevelsPart& part,
                       const Window& window, int tap) {
  QuantizedLayer layer = depthwise(node, {integers_of(context, node, part, 1)}, window,
                                   output_shape(window, part.shape, part.shape.channels));
  if (tap >= 0) {
    auto weights = std::make_shared<GraphWeights>(*layer.terms.front().weights);
    for (std::size_t i = 0; i < weights->values.size(); ++i) {
      weights->values[i] = i % at(window.taps()) == at(tap) ? 1.0F : 0.0F;
    }
    layer.terms.front().weights = std::move(weights);
  }
  LevelsPart result = part;
  result.shape = layer.output;
  result.tensor = integer_tensor(context, node, std::move(layer));
  return result;
}

/// Returns the indices of a Gather along a dimension of `size`.
std::vector<int> indices_of(const OnnxNode& node, const Tensor& tensor, int size) {
  std::vector<int> indices;
  for (double index : tensor.values) {
    if (index < 0) index += size;
    if (!(index >= 0 && index < size)) {
      node.refuse(fmt::format("index {} of {}", index, size), "indices within the dimension");
    }
    indices.push_back(static_cast<int>(whole_number(node, index, "indices")));
  }
  if (tensor.rank() > 1 || indices.empty()) {
    node.refuse(fmt::format("indices of shape {}", format_dims(tensor.dims)),
                "one index, or a list of them");
  }
  return indices;
}

/// Returns the dimensions after a Gather: with one index instead of a list, without the dimension.
Layout gathered(const Layout& layout, int dimension, const Tensor& indices, std::size_t count) {
  std::vector<int> dims = layout.dims();
  dims[at(dimension)] = static_cast<int>(count);
  if (indices.rank() == 0) dims.erase(dims.begin() + dimension);
  if (dims.empty()) dims.push_back(1);
  return Layout(std::move(dims));
}

/// The factor by which a Resize or Upsample enlarges each dimension.
std::vector<double> factors_of(const Context& context, const OnnxNode& node, const Layout& layout) {
  const bool resize = node.op() == "Resize";
  const int scales = !resize || node.inputs() == 2 ? 1 : 2;  // Resize of operator set 10 has two
  std::vector<double> factors;
  if (!node.input(scales).empty()) {
    factors = context.graph.constant(node, scales, "scales").values;
  }
  if (factors.empty() && !node.input(3).empty()) {
    factors = context.graph.constant(node, 3, "sizes").values;
    for (std::size_t d = 1; d < factors.size() && d <= layout.dims().size(); ++d) {
      factors[d] /= layout.dims()[d - 1];
    }
    if (!factors.empty()) factors.front() = 1;
  }
  return factors;
}

}  // namespace

Value read_gather(const Context& context, const OnnxNode& node, const Value& input) {
  node.allow_attributes({"axis"});
  const Layout& layout = input.layout;
  std::int64_t axis = node.integer("axis", 0);
  if (axis < 0) axis += layout.rank() + 1;
  if (axis < 1 || axis > layout.rank()) {
    node.refuse(fmt::format("axis {}", node.integer("axis", 0)), "an axis after the batch");
  }
  const int dimension = static_cast<int>(axis) - 1;
  const int size = layout.dims()[at(dimension)];
  const Tensor& tensor = context.graph.constant(node, 1, "indices");
  const std::vector<int> indices = indices_of(node, tensor, size);
  Value value = input;
  std::vector<int> all(at(size));
  std::iota(all.begin(), all.end(), 0);
  if (indices == all && tensor.rank() == 1) return value;
  const LevelsValue& levels = levels_of(node, input);
  if (!layout.is_planes(input.shape)) {
    node.refuse(
        fmt::format("its input of {} is a reshaped or transposed activation", format_shape(input)),
        "channels x height x width, as a layer gives them");
  }
  LevelsValue result;
  if (dimension == 0) {
    result.parts = {pick_channels(context, node, levels, indices)};
  } else {
    // Rows or columns at equal distances: the first tap of windows of single pixels.
    const int step = indices.size() > 1 ? indices[1] - indices[0] : 1;
    for (std::size_t i = 1; i < indices.size(); ++i) {
      if (step > 0 && indices[i] - indices[i - 1] == step) continue;
      node.refuse(fmt::format("indices [{}]", base::list_text(indices, ", ")),
                  "rows or columns at equal distances, or channels");
    }
    const bool rows = layout.rank() == 3 ? dimension == 1 : input.shape.width == 1;
    Window window;
    (rows ? window.kernel_height : window.kernel_width) =
        size - step * (static_cast<int>(indices.size()) - 1);
    (rows ? window.stride_y : window.stride_x) = step;
    for (const LevelsPart& part : levels.parts) {
      result.parts.push_back(pick_pixels(context, node, part, window, indices.front()));
    }
  }
  value.shape = result.parts.front().shape;
  if (dimension > 0) value.shape.channels = input.shape.channels;
  value.layout = gathered(layout, dimension, tensor, indices.size());
  value.content = std::move(result);
  return value;
}

Value read_resize(const Context& context, const OnnxNode& node, const Value& input) {
  node.allow_attributes({"mode", "coordinate_transformation_mode", "nearest_mode", "cubic_coeff_a",
                         "exclude_outside", "extrapolation_value", "antialias",
                         "keep_aspect_ratio_policy"});
  const std::string mode = node.text("mode", "nearest");
  const std::vector<double> factors = factors_of(context, node, input.layout);
  const bool identity = !factors.empty() && std::all_of(factors.begin(), factors.end(),
                                                        [](double factor) { return factor == 1; });
  if (identity) return input;
  const std::string coordinates = node.text("coordinate_transformation_mode", "half_pixel");
  if (mode != "nearest" || coordinates == "tf_crop_and_resize") {
    node.refuse(fmt::format("mode {}, coordinates {}", mode, coordinates),
                "mode nearest, without a crop");
  }
  const LevelsValue& levels = levels_of(node, input);
  const int rank = input.layout.rank();
  std::vector<int> dims = input.layout.dims();
  bool fits = factors.size() == at(rank) + 1 && rank > 1 && factors[0] == 1 && factors[1] == 1 &&
              input.layout.is_planes(input.shape);
  constexpr double kMaxFactor = 4096;
  for (std::size_t d = 1; fits && d < dims.size(); ++d) {
    // Any coordinates of the only pixel are its own.
    fits = dims[d] == 1 && factors[d + 1] >= 1 && factors[d + 1] <= kMaxFactor;
    if (fits) dims[d] = static_cast<int>(factors[d + 1]);
  }
  if (!fits) {
    node.refuse(fmt::format("it changes the size of images of {} by [{}]", format_shape(input),
                            base::list_text(factors, ", ")),
                "images of one pixel, which it repeats, or factors 1");
  }
  // All windows hold the pixel, and nothing else but padding.
  Window window;
  window.kernel_height = rank == 3 ? dims[1] : 1;
  window.kernel_width = dims.back();
  window.pad_top = window.pad_bottom = window.kernel_height - 1;
  window.pad_left = window.pad_right = window.kernel_width - 1;
  LevelsValue result;
  for (const LevelsPart& part : levels.parts) {
    result.parts.push_back(pick_pixels(context, node, part, window, -1));
  }
  Value value = input;
  value.shape.height = window.kernel_height;
  value.shape.width = window.kernel_width;
  check_size(node, value.shape);
  value.layout = Layout(std::move(dims));
  value.content = std::move(result);
  return value;
}

LevelsPart rising(const Context& context, const OnnxNode& node, const LevelsPart& part) {
  LevelsPart result = part;
  const Source source = integers_of(context, node, part, -1);
  QuantizedLayer layer = depthwise(node, {source}, {}, part.shape);
  layer.name = part.tensor->layer.name + ".relay";
  result.tensor = integer_tensor(context, node, std::move(layer));
  result.lowest = -*part.highest;
  result.highest = -*part.lowest;
  result.decoding.step = -part.decoding.step;
  result.values = {};
  result.values.multiply(-1);
  result.values.append(part.values);
  return result;
}

}  // namespace spikeloom::converter
