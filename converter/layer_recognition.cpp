// SPDX-License-Identifier: Apache-2.0
#include "converter/layer_recognition.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/error.h"
#include "converter/chain.h"
#include "converter/quantizer_recognition.h"
#include "converter/step_recognition.h"
#include "converter/window_recognition.h"

namespace spikeloom::converter {
namespace {

constexpr const char* kOperators =
    "Conv, Gemm, MatMul, MaxPool, AveragePool, Flatten, Reshape; after a weighted layer also "
    "BatchNormalization, Add, Sub, Mul, Div, Relu and its quantizer (Clip, Add and Floor, Round, "
    "QuantizeLinear and DequantizeLinear); Identity and Dropout anywhere";

class Recognizer {
 public:
  explicit Recognizer(const OnnxGraph& graph) : graph_(graph), chain_(graph) {}

  QuantizedGraph read() {
    read_input();
    result_.source = graph_.source();
    while (chain_.peek() != nullptr) {
      const std::string& op = chain_.peek()->op();
      if (op == "Flatten" || op == "Reshape") {
        read_flatten(chain_.take());
      } else if (op == "MaxPool") {
        read_max_pool(chain_.take());
      } else {
        read_weighted(chain_.take());
      }
    }
    return std::move(result_);
  }

 private:
  void read_input() {
    const auto dims = graph_.input_dims();
    const bool sized = std::all_of(
        dims.begin() + (dims.empty() ? 0 : 1), dims.end(),
        [](std::int64_t dim) { return dim >= 1 && dim <= SpikingNetwork::kMaxNeurons; });
    const bool one = !dims.empty() && (dims[0] == -1 || dims[0] == 1);
    if (!sized || !one || (dims.size() != 4 && dims.size() != 2)) {
      std::string found = format_dims(dims);
      for (std::size_t at; (at = found.find("-1")) != std::string::npos;) found.replace(at, 2, "?");
      throw common::UserError(fmt::format(
          "{}: its input \"{}\" has the shape {}; accepted: N x channels x height x width or "
          "N x features, with N symbolic or 1 and the others fixed",
          graph_.source(), graph_.input(), found));
    }
    flat_ = dims.size() == 2;
    const auto size = [&dims](std::size_t i) { return static_cast<int>(dims[i]); };
    shape_ = flat_ ? Shape{size(1), 1, 1} : Shape{size(1), size(2), size(3)};
    if (std::int64_t{shape_.height} * shape_.width > SpikingNetwork::kMaxNeurons ||
        std::int64_t{shape_.height} * shape_.width * shape_.channels >
            SpikingNetwork::kMaxNeurons) {
      throw common::UserError(fmt::format(
          "{}: its input \"{}\" has the shape {}; accepted: at "
          "most {} pixels",
          graph_.source(), graph_.input(), format_dims(dims), SpikingNetwork::kMaxNeurons));
    }
  }

  void read_flatten(const OnnxNode& node) {
    const int rank = flat_ ? 2 : 4;
    if (node.op() == "Flatten") {
      node.allow_attributes({"axis"});
      const std::int64_t axis = node.integer("axis", 1);
      if (axis != 1 && axis + rank != 1) node.refuse(fmt::format("axis {}", axis), "axis 1");
    } else {
      node.allow_attributes({"allowzero"});
      const Tensor& target = graph_.constant(node, 1, "shape");
      const auto& to = target.values;
      const bool vector = to.size() == 2 && (to[1] == shape_.size() || to[1] == -1) &&
                          (to[0] == 1 || to[0] == -1 || to[0] == 0) &&
                          !(to[0] == -1 && to[1] == -1);
      if (!vector || (to[0] == 0 && node.integer("allowzero", 0) != 0)) {
        node.refuse(fmt::format("it reshapes to [{}]", fmt::join(to, ", ")),
                    fmt::format("to a vector, [N, {}]", shape_.size()));
      }
    }
    flat_ = true;
  }

  /// A layer of the node, its input the activations so far.
  QuantizedLayer start(const OnnxNode& node, QuantizedLayer::Kind kind) const {
    if (!result_.layers.empty() && !result_.layers.back().quantized) {
      const std::string& before = result_.layers.back().label;
      node.refuse(fmt::format("its input comes from {} without a quantizer", before),
                  "a quantizer after every layer but the last");
    }
    QuantizedLayer layer;
    layer.name = node.name();
    layer.label = node.label();
    layer.kind = kind;
    layer.input = shape_;
    return layer;
  }

  void finish(const OnnxNode& node, QuantizedLayer layer) {
    const Shape& output = layer.output;
    if (std::int64_t{output.channels} * output.height * output.width >
        SpikingNetwork::kMaxNeurons) {
      node.refuse(fmt::format("{} x {} x {} outputs", output.channels, output.height, output.width),
                  fmt::format("at most {}", SpikingNetwork::kMaxNeurons));
    }
    shape_ = output;
    result_.layers.push_back(std::move(layer));
  }

  void require_planes(const OnnxNode& node) const {
    if (flat_) node.refuse("its input is a vector", "channels x height x width");
  }

  void read_max_pool(const OnnxNode& node) {
    require_planes(node);
    node.allow_attributes(
        {"kernel_shape", "strides", "pads", "auto_pad", "dilations", "ceil_mode", "storage_order"});
    if (result_.layers.empty()) {
      node.refuse("it comes before the first layer", "a Conv, Gemm or MatMul first");
    }
    QuantizedLayer layer = start(node, QuantizedLayer::Kind::kMaxPool);
    layer.window = read_window(node, shape_, {0, 0});
    if (layer.window.pad_top >= layer.window.kernel_height ||
        layer.window.pad_bottom >= layer.window.kernel_height ||
        layer.window.pad_left >= layer.window.kernel_width ||
        layer.window.pad_right >= layer.window.kernel_width) {
      node.refuse("pads as large as its window", "smaller ones");
    }
    layer.output = output_shape(layer.window, shape_, shape_.channels);
    layer.quantized = true;
    layer.quantizer = result_.layers.back().quantizer;
    finish(node, std::move(layer));
  }

  void read_weighted(const OnnxNode& node) {
    QuantizedLayer layer;
    if (node.op() == "Conv") {
      layer = read_convolution(node);
    } else if (node.op() == "Gemm") {
      layer = read_gemm(node);
    } else if (node.op() == "MatMul") {
      layer = read_matmul(node);
    } else if (node.op() == "AveragePool") {
      layer = read_average_pool(node);
    } else {
      node.refuse("it is not accepted here", kOperators);
    }
    while (read_step(chain_, flat_, layer)) {
    }
    if (starts_quantizer(chain_)) {
      read_quantizer(chain_, layer);
      move_scale_to_exponent(layer);
    }
    finish(node, std::move(layer));
  }

  QuantizedLayer read_convolution(const OnnxNode& node) const {
    require_planes(node);
    node.allow_attributes({"kernel_shape", "strides", "pads", "auto_pad", "dilations", "group"});
    QuantizedLayer layer = start(node, QuantizedLayer::Kind::kConvolution);
    const Tensor& weights = graph_.constant(node, 1, "weights");
    const std::int64_t groups = node.integer("group", 1);
    if (weights.rank() != 4 || groups < 1 || groups > shape_.channels ||
        weights.dims[1] * groups != shape_.channels || weights.dims[0] % groups != 0 ||
        weights.values.empty()) {
      node.refuse(fmt::format("weights of {} in {} groups over {} channels",
                              format_dims(weights.dims), groups, shape_.channels),
                  "out channels x in channels/group x height x width");
    }
    layer.groups = static_cast<int>(groups);
    layer.weights = Chain::floats(node, weights, "weights");
    layer.window = read_window(
        node, shape_, {static_cast<int>(weights.dims[2]), static_cast<int>(weights.dims[3])});
    layer.output = output_shape(layer.window, shape_, static_cast<int>(weights.dims[0]));
    read_bias(node, layer);
    return layer;
  }

  /// A dense layer of weights [input][output], or [output][input] if `transposed`.
  QuantizedLayer read_dense(const OnnxNode& node, bool transposed) const {
    if (!flat_) node.refuse("its input is no vector", "Flatten before it");
    QuantizedLayer layer = start(node, QuantizedLayer::Kind::kDense);
    const Tensor& tensor = graph_.constant(node, 1, "weights");
    if (tensor.rank() != 2 || tensor.values.empty() ||
        tensor.dims[transposed ? 1 : 0] != shape_.size()) {
      node.refuse(
          fmt::format("weights of {} over {} inputs", format_dims(tensor.dims), shape_.size()),
          transposed ? "outputs x inputs" : "inputs x outputs");
    }
    layer.weights = Chain::floats(node, tensor, "weights");
    const auto outputs = static_cast<std::size_t>(tensor.dims[transposed ? 0 : 1]);
    if (!transposed) {
      const std::vector<float> columns = layer.weights;
      const std::size_t inputs = columns.size() / outputs;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        layer.weights[i % outputs * inputs + i / outputs] = columns[i];
      }
    }
    layer.window.kernel_height = shape_.height;
    layer.window.kernel_width = shape_.width;
    layer.output = {static_cast<int>(outputs), 1, 1};
    layer.bias.assign(outputs, 0.0F);
    return layer;
  }

  QuantizedLayer read_gemm(const OnnxNode& node) const {
    node.allow_attributes({"alpha", "beta", "transA", "transB"});
    if (node.real("alpha", 1) != 1 || node.real("beta", 1) != 1 || node.integer("transA", 0) != 0) {
      node.refuse("alpha or beta is not 1, or transA not 0", "alpha 1, beta 1, transA 0");
    }
    QuantizedLayer layer = read_dense(node, node.integer("transB", 0) != 0);
    if (!node.input(2).empty()) {
      layer.bias =
          per_channel(node, graph_.constant(node, 2, "bias"), true, layer.output.channels, "bias");
    }
    return layer;
  }

  QuantizedLayer read_matmul(const OnnxNode& node) const {
    node.allow_attributes({});
    return read_dense(node, false);
  }

  /// A sum with weights of 1 in each channel, divided by the window's taps.
  QuantizedLayer read_average_pool(const OnnxNode& node) const {
    require_planes(node);
    node.allow_attributes({"kernel_shape", "strides", "pads", "auto_pad", "dilations", "ceil_mode",
                           "count_include_pad"});
    QuantizedLayer layer = start(node, QuantizedLayer::Kind::kConvolution);
    layer.window = read_window(node, shape_, {0, 0});
    const Window& w = layer.window;
    const bool padded = w.pad_top + w.pad_left + w.pad_bottom + w.pad_right != 0;
    if (padded && node.integer("count_include_pad", 0) == 0) {
      node.refuse("windows at the border are divided by fewer pixels",
                  "no padding, or count_include_pad 1");
    }
    layer.output = output_shape(w, shape_, shape_.channels);
    layer.groups = shape_.channels;
    const auto channels = static_cast<std::size_t>(shape_.channels);
    layer.weights.assign(channels * static_cast<std::size_t>(w.taps()), 1.0F);
    layer.bias.assign(channels, 0.0F);
    ChannelStep divide;
    divide.kind = ChannelStep::Kind::kDivide;
    divide.label = node.label();
    divide.values.assign(channels, static_cast<float>(w.taps()));
    layer.steps.push_back(std::move(divide));
    return layer;
  }

  void read_bias(const OnnxNode& node, QuantizedLayer& layer) const {
    const auto channels = static_cast<std::size_t>(layer.output.channels);
    layer.bias.assign(channels, 0.0F);
    if (node.input(2).empty()) return;
    layer.bias = chain_.floats(node, 2, "bias");
    if (layer.bias.size() != channels) {
      node.refuse(fmt::format("{} numbers of bias", layer.bias.size()),
                  fmt::format("{}, one an output channel", channels));
    }
  }

  const OnnxGraph& graph_;
  Chain chain_;
  QuantizedGraph result_;
  Shape shape_;        ///< of the activations so far
  bool flat_ = false;  ///< whether they are a vector
};

}  // namespace

QuantizedGraph recognize_layers(const OnnxGraph& graph) { return Recognizer(graph).read(); }

}  // namespace spikeloom::converter
