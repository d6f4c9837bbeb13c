// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/term_recognition.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/converter/onnx/chain.h"
#include "spikeloom/converter/recognize/step_recognition.h"
#include "spikeloom/converter/recognize/window_recognition.h"

namespace spikeloom::converter {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

void require_planes(const OnnxNode& node, bool flat) {
  if (flat) node.refuse("its input is a vector", "channels x height x width");
}

QuantizedLayer start(const OnnxNode& node) {
  QuantizedLayer layer;
  layer.name = node.name();
  layer.label = node.label();
  return layer;
}

QuantizedTerm start_term(const OnnxNode& node, const Activation::Part& part) {
  QuantizedTerm term;
  term.label = node.label();
  term.source = part.source;
  term.input = part.shape;
  return term;
}

void check_size(const OnnxNode& node, const Shape& output) {
  if (std::int64_t{output.channels} * output.height * output.width > SpikingNetwork::kMaxNeurons) {
    node.refuse(fmt::format("{} x {} x {} outputs", output.channels, output.height, output.width),
                fmt::format("at most {}", SpikingNetwork::kMaxNeurons));
  }
}

/// A convolution over all channels of an activation, to be split by the activation's parts.
struct Convolution {
  int groups = 1;
  int group_inputs = 1;
  int group_outputs = 1;
  int taps = 1;
  std::vector<float> weights;  ///< [out channel][in channel / groups][tap]
};

/// Sets `term` to the part of `whole` that reads the input channels first .. first +
/// term.input.channels - 1. If these are whole groups, the term keeps the groups. If not, the term
/// is one group over all outputs that the channels contribute to, with weights 0 between different
/// groups.
void cut(const Convolution& whole, int first, QuantizedTerm& term) {
  const int inputs = term.input.channels;
  const int first_group = first / whole.group_inputs;
  const int groups = (first + inputs - 1) / whole.group_inputs - first_group + 1;
  const bool aligned = first % whole.group_inputs == 0 && inputs % whole.group_inputs == 0;
  term.groups = aligned ? groups : 1;
  term.first_output = first_group * whole.group_outputs;
  term.outputs = groups * whole.group_outputs;
  const int term_inputs = inputs / term.groups;
  for (int o = 0; o < term.outputs; ++o) {
    const int group = first_group + o / whole.group_outputs;
    for (int i = 0; i < term_inputs; ++i) {
      const int channel = aligned ? group * whole.group_inputs + i : first + i;
      const bool inside = channel / whole.group_inputs == group;
      const int row = (term.first_output + o) * whole.group_inputs + channel % whole.group_inputs;
      for (int t = 0; t < whole.taps; ++t) {
        term.weights.push_back(inside ? whole.weights[at(row * whole.taps + t)] : 0.0F);
      }
    }
  }
}

void read_bias(const OnnxGraph& graph, const OnnxNode& node, QuantizedLayer& layer) {
  const std::size_t channels = at(layer.output.channels);
  layer.bias.assign(channels, 0.0F);
  if (node.input(2).empty()) return;
  layer.bias = Chain::floats(node, graph.constant(node, 2, "bias"), "bias");
  if (layer.bias.size() != channels) {
    node.refuse(fmt::format("{} numbers of bias", layer.bias.size()),
                fmt::format("{}, one per output channel", channels));
  }
}

QuantizedLayer read_convolution(const OnnxGraph& graph, const OnnxNode& node,
                                const Activation& input) {
  require_planes(node, input.flat);
  node.allow_attributes({"kernel_shape", "strides", "pads", "auto_pad", "dilations", "group"});
  QuantizedLayer layer = start(node);
  const Shape shape = input.shape();
  const Tensor& weights = graph.constant(node, 1, "weights");
  const std::int64_t groups = node.integer("group", 1);
  if (weights.rank() != 4 || groups < 1 || groups > shape.channels ||
      weights.dims[1] * groups != shape.channels || weights.dims[0] % groups != 0 ||
      weights.values.empty()) {
    node.refuse(fmt::format("weights of {} in {} groups over {} channels",
                            format_dims(weights.dims), groups, shape.channels),
                "out channels x in channels/group x height x width");
  }
  const Window window = read_window(
      node, shape, {static_cast<int>(weights.dims[2]), static_cast<int>(weights.dims[3])});
  layer.output = output_shape(window, shape, static_cast<int>(weights.dims[0]));
  Convolution whole;
  whole.groups = static_cast<int>(groups);
  whole.group_inputs = shape.channels / whole.groups;
  whole.group_outputs = layer.output.channels / whole.groups;
  whole.taps = window.taps();
  whole.weights = Chain::floats(node, weights, "weights");
  int first = 0;
  for (const Activation::Part& part : input.parts) {
    QuantizedTerm& term = layer.terms.emplace_back(start_term(node, part));
    term.window = window;
    cut(whole, first, term);
    first += part.shape.channels;
  }
  read_bias(graph, node, layer);
  return layer;
}

/// Reads a dense layer with weights [input][output], or [output][input] if `transposed`.
QuantizedLayer read_dense(const OnnxGraph& graph, const OnnxNode& node, const Activation& input,
                          bool transposed) {
  if (!input.flat) node.refuse("its input is no vector", "Flatten before it");
  QuantizedLayer layer = start(node);
  layer.flat = true;
  const std::size_t inputs = at(input.shape().size());
  const Tensor& tensor = graph.constant(node, 1, "weights");
  if (tensor.rank() != 2 || tensor.values.empty() ||
      tensor.dims[transposed ? 1 : 0] != static_cast<std::int64_t>(inputs)) {
    node.refuse(fmt::format("weights of {} over {} inputs", format_dims(tensor.dims), inputs),
                transposed ? "outputs x inputs" : "inputs x outputs");
  }
  const std::vector<float> weights = Chain::floats(node, tensor, "weights");
  const auto outputs = static_cast<std::size_t>(tensor.dims[transposed ? 0 : 1]);
  layer.output = {static_cast<int>(outputs), 1, 1};
  layer.bias.assign(outputs, 0.0F);
  std::size_t first = 0;
  for (const Activation::Part& part : input.parts) {
    QuantizedTerm& term = layer.terms.emplace_back(start_term(node, part));
    term.window.kernel_height = part.shape.height;
    term.window.kernel_width = part.shape.width;
    term.outputs = layer.output.channels;
    const std::size_t count = at(part.shape.size());
    for (std::size_t o = 0; o < outputs; ++o) {
      for (std::size_t i = first; i < first + count; ++i) {
        term.weights.push_back(weights[transposed ? o * inputs + i : i * outputs + o]);
      }
    }
    first += count;
  }
  return layer;
}

QuantizedLayer read_gemm(const OnnxGraph& graph, const OnnxNode& node, const Activation& input) {
  node.allow_attributes({"alpha", "beta", "transA", "transB"});
  if (node.real("alpha", 1) != 1 || node.real("beta", 1) != 1 || node.integer("transA", 0) != 0) {
    node.refuse("alpha or beta is not 1, or transA not 0", "alpha 1, beta 1, transA 0");
  }
  QuantizedLayer layer = read_dense(graph, node, input, node.integer("transB", 0) != 0);
  if (!node.input(2).empty()) {
    layer.bias =
        per_channel(node, graph.constant(node, 2, "bias"), true, layer.output.channels, "bias");
  }
  return layer;
}

/// Returns a convolution of each channel by itself with all weights 1.
QuantizedLayer depthwise(const OnnxNode& node, const Activation& input, const Window& window) {
  QuantizedLayer layer = start(node);
  layer.output = output_shape(window, input.shape(), input.shape().channels);
  layer.bias.assign(at(layer.output.channels), 0.0F);
  int first = 0;
  for (const Activation::Part& part : input.parts) {
    QuantizedTerm& term = layer.terms.emplace_back(start_term(node, part));
    term.window = window;
    term.groups = term.outputs = part.shape.channels;
    term.first_output = first;
    term.weights.assign(at(term.outputs * window.taps()), 1.0F);
    first += part.shape.channels;
  }
  return layer;
}

/// Reads average pooling as a sum with weights 1 in each channel, divided by the number of taps.
QuantizedLayer read_average_pool(const OnnxNode& node, const Activation& input) {
  require_planes(node, input.flat);
  Window window;
  if (node.op() == "GlobalAveragePool") {
    node.allow_attributes({});
    window.kernel_height = input.shape().height;
    window.kernel_width = input.shape().width;
  } else {
    node.allow_attributes({"kernel_shape", "strides", "pads", "auto_pad", "dilations", "ceil_mode",
                           "count_include_pad"});
    window = read_window(node, input.shape(), {0, 0});
  }
  const bool padded = window.pad_top + window.pad_left + window.pad_bottom + window.pad_right != 0;
  if (padded && node.integer("count_include_pad", 0) == 0) {
    node.refuse("windows at the border are divided by fewer pixels",
                "no padding, or count_include_pad 1");
  }
  QuantizedLayer layer = depthwise(node, input, window);
  ChannelStep divide;
  divide.kind = ChannelStep::Kind::kDivide;
  divide.label = node.label();
  divide.values.assign(at(layer.output.channels), static_cast<float>(window.taps()));
  layer.steps.push_back(std::move(divide));
  return layer;
}

}  // namespace

bool is_weighted(const OnnxNode& node) {
  for (const char* op : {"Conv", "Gemm", "MatMul", "AveragePool", "GlobalAveragePool"}) {
    if (node.op() == op) return true;
  }
  return false;
}

QuantizedLayer read_weighted(const OnnxGraph& graph, const OnnxNode& node,
                             const Activation& input) {
  QuantizedLayer layer;
  if (node.op() == "Conv") {
    layer = read_convolution(graph, node, input);
  } else if (node.op() == "Gemm") {
    layer = read_gemm(graph, node, input);
  } else if (node.op() == "MatMul") {
    node.allow_attributes({});
    layer = read_dense(graph, node, input, false);
  } else {
    layer = read_average_pool(node, input);
  }
  check_size(node, layer.output);
  return layer;
}

QuantizedLayer identity_sum(const OnnxNode& node, const Activation& input) {
  const bool planes = std::any_of(
      input.parts.begin(), input.parts.end(),
      [](const Activation::Part& part) { return part.shape.height != 1 || part.shape.width != 1; });
  if (input.is_image()) node.refuse("the image is not quantized", "a quantized activation");
  if (input.flat && planes) {
    node.refuse("its input is a flattened image", "it before Flatten, or after a dense layer");
  }
  QuantizedLayer layer = depthwise(node, input, {});
  layer.flat = input.flat;
  return layer;
}

QuantizedLayer read_max_pool(const OnnxNode& node, const Activation::Part& part) {
  node.allow_attributes(
      {"kernel_shape", "strides", "pads", "auto_pad", "dilations", "ceil_mode", "storage_order"});
  QuantizedLayer layer = start(node);
  layer.kind = QuantizedLayer::Kind::kMaxPool;
  QuantizedTerm& term = layer.terms.emplace_back(start_term(node, part));
  term.window = read_window(node, part.shape, {0, 0});
  const Window& w = term.window;
  if (w.pad_top >= w.kernel_height || w.pad_bottom >= w.kernel_height ||
      w.pad_left >= w.kernel_width || w.pad_right >= w.kernel_width) {
    node.refuse("pads as large as its window", "smaller ones");
  }
  term.groups = term.outputs = part.shape.channels;
  layer.output = output_shape(w, part.shape, part.shape.channels);
  check_size(node, layer.output);
  layer.quantized = true;
  return layer;
}

}  // namespace spikeloom::converter
