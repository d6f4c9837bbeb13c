// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/graph_recognition.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/converter/onnx/operator_domain.h"
#include "spikeloom/converter/recognize/affine_operators.h"
#include "spikeloom/converter/recognize/integer_operators.h"
#include "spikeloom/converter/recognize/layer_store.h"
#include "spikeloom/converter/recognize/movement_operators.h"
#include "spikeloom/converter/recognize/pooling_operators.h"
#include "spikeloom/converter/recognize/quantizer_operators.h"
#include "spikeloom/converter/recognize/shape_operators.h"
#include "spikeloom/converter/recognize/weighted_operators.h"

namespace spikeloom::converter {
namespace {

constexpr const char* kAcceptedOperators =
    "Conv, Gemm, MatMul, MaxPool, AveragePool, GlobalAveragePool, GlobalMaxPool, ReduceMean, "
    "ReduceMax, Add, Sub, Sum, Mul, Div, Neg, BatchNormalization, Relu, LeakyRelu, PRelu, Clip, "
    "Floor, Ceil, Round, "
    "Sign, Cast, QuantizeLinear, DequantizeLinear, ConvInteger, MatMulInteger, QLinearConv, "
    "QLinearMatMul, Concat, Pad, Flatten, Reshape, Transpose, Squeeze, Unsqueeze, Gather, "
    "Resize, Upsample, Identity, Dropout; Quant, BipolarQuant, Trunc, MultiThreshold of QONNX; "
    "after the last layer Softmax, "
    "LogSoftmax, ArgMax, TopK";

bool is_any_of(const std::string& op, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), op) != names.end();
}

/// Whether an operator keeps the order of the class scores, so that it does not change the class.
bool keeps_order(const OnnxNode& node) {
  return is_any_of(node.op(), {"Softmax", "LogSoftmax", "ArgMax", "TopK"});
}

/// Refuses such an operator if it does not go over the scores, or takes the least or the last one.
void check_class_order(const OnnxNode& node, const Value& scores) {
  node.allow_attributes({"axis", "k", "keepdims", "select_last_index", "largest", "sorted"});
  const std::int64_t rank = scores.layout.rank() + 1;
  const std::int64_t given = node.integer("axis", node.op() == "ArgMax" ? 0 : -1);
  const std::int64_t axis = given < 0 ? given + rank : given;
  const bool over_scores =
      axis >= 1 && axis < rank &&
      scores.layout.dims()[static_cast<std::size_t>(axis) - 1] == scores.layout.size();
  if (!over_scores) {
    node.refuse(fmt::format("axis {} of activations of {}", given, format_shape(scores)),
                "the axis of the class scores");
  }
  if (node.integer("largest", 1) == 0 || node.integer("select_last_index", 0) != 0) {
    node.refuse("it takes the lowest score, or the last of equal ones",
                "the first of the highest ones");
  }
}

/// Whether a node only passes on its first input.
bool is_pass_through(const OnnxGraph& graph, const OnnxNode& node) {
  if (!is_any_of(node.op(), {"Identity", "Dropout"})) return false;
  node.allow_attributes({"ratio", "seed"});
  if (!node.input(2).empty() && scalar(graph, node, 2, "training mode") != 0) {
    node.refuse("it is in training mode", "a model exported for inference");
  }
  return true;
}

class Recognizer {
 public:
  explicit Recognizer(const OnnxGraph& graph) : graph_(graph) {
    for (const OnnxNode* node : graph.nodes()) {
      const int position = static_cast<int>(positions_.size());
      positions_[node] = position;
    }
  }

  QuantizedGraph read() {
    read_input();
    for (const OnnxNode* node : graph_.nodes()) read_node(*node);
    QuantizedGraph result;
    result.source = graph_.source();
    result.output = read_output();
    result.layers = layers_.take(result.output);
    return result;
  }

 private:
  void read_input() {
    const auto dims = graph_.input_dims();
    const bool sized = std::all_of(
        dims.begin() + (dims.empty() ? 0 : 1), dims.end(),
        [](std::int64_t dim) { return dim >= 1 && dim <= SpikingNetwork::kMaxNeurons; });
    const bool batch = !dims.empty() && dims[0] != 0;
    if (!sized || !batch || dims.size() < 2 || dims.size() > 4) {
      std::string found = format_dims(dims);
      for (std::size_t at; (at = found.find("-1")) != std::string::npos;) found.replace(at, 2, "?");
      throw base::UserError(fmt::format(
          "{}: its input \"{}\" has the shape {}; accepted: N x channels x height x width, "
          "N x channels x length or N x features, with any N and the others fixed",
          graph_.source(), graph_.input(), found));
    }
    std::vector<int> sizes;
    std::int64_t pixels = 1;
    for (std::size_t d = 1; d < dims.size(); ++d) {
      sizes.push_back(static_cast<int>(dims[d]));
      pixels = std::min<std::int64_t>(pixels * dims[d], std::int64_t{1} << 40);
    }
    if (pixels > SpikingNetwork::kMaxNeurons) {
      throw base::UserError(fmt::format(
          "{}: its input \"{}\" has the shape {}; accepted: at most {} pixels", graph_.source(),
          graph_.input(), format_dims(dims), SpikingNetwork::kMaxNeurons));
    }
    Value image;
    image.shape = {sizes[0], 1, sizes.size() > 1 ? sizes.back() : 1};
    if (sizes.size() == 3) image.shape.height = sizes[1];
    image.layout = Layout(std::move(sizes));
    values_[graph_.input()] = std::move(image);
  }

  void read_node(const OnnxNode& node) {
    for (int i = 0; i < node.inputs(); ++i) {
      const auto found = values_.find(node.input(i));
      if (found == values_.end() || found->second.left_out.empty() || keeps_order(node)) continue;
      if (is_pass_through(graph_, node)) continue;
      node.refuse(fmt::format("it follows {}", found->second.left_out.front()),
                  "nothing but the output after it");
    }
    Value result = result_of(node);
    for (const std::string& output : node.proto().output()) {
      if (!output.empty()) values_[output] = result;
    }
    release(node);
  }

  /// Drops the inputs that no later node reads, so that only few values are in memory at a time.
  void release(const OnnxNode& node) {
    const std::set<std::string> inputs(node.proto().input().begin(), node.proto().input().end());
    for (const std::string& input : inputs) {
      const bool last = graph_.readers(input).empty() || graph_.readers(input).back() == &node;
      if (last && input != graph_.output()) values_.erase(input);
    }
  }

  Value result_of(const OnnxNode& node) {
    if (node.domain() == kChannelsLastDomain) return channels_last_result(node);
    return result_of(node, node.op(), [this, &node](int i) { return value(node, i); });
  }

  /// An operator of the standard with the channels of its first input and its output in the last
  /// dimension.
  Value channels_last_result(const OnnxNode& node) {
    const std::string op = operator_name(node);
    if (!is_any_of(op, {"Conv", "MaxPool", "AveragePool", "BatchNormalization"})) {
      node.refuse("it is not accepted", "Conv, MaxPool, AveragePool, BatchNormalization");
    }
    Value result = result_of(node, op, [this, &node](int i) {
      Value input = value(node, i);
      input.layout = input.layout.transposed(rotation(input.layout.rank(), false));
      return input;
    });
    result.layout = result.layout.transposed(rotation(result.layout.rank(), true));
    return result;
  }

  /// Returns the order of dimensions that moves the last one first, or the first one last.
  static std::vector<int> rotation(int rank, bool first_to_last) {
    std::vector<int> order(static_cast<std::size_t>(rank));
    std::iota(order.begin(), order.end(), 0);
    std::rotate(order.begin(), first_to_last ? order.begin() + 1 : order.end() - 1, order.end());
    return order;
  }

  Value result_of(const OnnxNode& node, const std::string& op, const InputValue& input) {
    if (is_pass_through(graph_, node)) return input(0);
    if (keeps_order(node)) {
      Value result = input(0);
      check_class_order(node, result);
      result.left_out.push_back(node.label());
      return result;
    }
    if (op == "Conv") {
      node.allow_attributes({"kernel_shape", "strides", "pads", "auto_pad", "dilations", "group"});
      const Tensor& weights = graph_.constant(node, 1, "weights");
      Value result = node.domain() == kChannelsLastDomain
                         ? read_convolution(context_, node, input(0), channels_first(weights))
                         : read_convolution(context_, node, input(0), weights);
      if (!node.input(2).empty()) add_bias(node, graph_.constant(node, 2, "bias"), result);
      return result;
    }
    if (op == "Gemm") return read_gemm(context_, node, input(0));
    if (op == "MatMul") {
      node.allow_attributes({});
      return read_product(context_, node, input(0), graph_.constant(node, 1, "weights"), false);
    }
    if (is_integer_operator(node)) {
      return read_integer_operator(context_, node, input);
    }
    if (is_any_of(op, {"AveragePool", "GlobalAveragePool", "ReduceMean"})) {
      return read_average(context_, node, input(0));
    }
    if (is_any_of(op, {"MaxPool", "GlobalMaxPool", "ReduceMax"})) {
      return read_maximum(context_, node, input(0));
    }
    if (is_any_of(op, {"Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze"})) {
      return read_shape_change(context_, node, input(0));
    }
    if (op == "Cast") return read_cast(context_, node, input(0));
    if (op == "Pad") return read_pad(context_, node, input(0));
    if (op == "Concat") return read_concatenation(node, values(node));
    if (op == "Gather") return read_gather(context_, node, input(0));
    if (is_any_of(op, {"Resize", "Upsample"})) return read_resize(context_, node, input(0));
    if (is_any_of(op, {"Add", "Sub", "Sum", "Mul", "Div"})) return read_binary(node);
    if (op == "BatchNormalization") return read_normalization(context_, node, input(0));
    if (op == "Neg") return read_negation(context_, node, input(0));
    if (is_any_of(op, {"LeakyRelu", "PRelu"})) return read_leaky_relu(context_, node, input(0));
    if (is_any_of(op, {"Relu", "Clip"})) return read_clip(context_, node, input(0));
    if (is_any_of(op, {"Floor", "Ceil", "Round", "Sign"})) {
      return read_rounding(context_, node, input(0));
    }
    if (op == "QuantizeLinear") return read_quantize_linear(context_, node, input(0));
    if (op == "DequantizeLinear") return read_dequantize_linear(context_, node, input(0));
    if (is_any_of(op, {"Quant", "IntQuant", "BipolarQuant", "MultiThreshold", "Trunc"})) {
      return read_custom_quantizer(context_, node, input(0));
    }
    node.refuse("it is not accepted", kAcceptedOperators);
  }

  Value read_binary(const OnnxNode& node) {
    const bool constant[2] = {graph_.is_constant(node.input(0)), graph_.is_constant(node.input(1))};
    if (node.inputs() == 2 && (constant[0] || constant[1])) {
      return read_arithmetic(context_, node, value(node, constant[0] ? 1 : 0), constant[0]);
    }
    if (is_any_of(node.op(), {"Mul", "Div"})) {
      node.refuse("both operands follow from the image", "one constant operand");
    }
    if (node.inputs() == 1) return value(node, 0);
    std::vector<Value> sides;
    for (const Value* side : values(node)) sides.push_back(*side);
    return read_addition(context_, node, std::move(sides));
  }

  const Value& value(const OnnxNode& node, int i) const {
    const auto found = values_.find(node.input(i));
    if (found == values_.end()) {
      node.refuse(fmt::format("its input \"{}\" is no activation", node.input(i)),
                  "what follows from the image");
    }
    return found->second;
  }

  /// Returns all inputs, at least one.
  std::vector<const Value*> values(const OnnxNode& node) const {
    if (node.inputs() == 0) node.refuse("it has no input", "what follows from the image");
    std::vector<const Value*> result;
    for (int i = 0; i < node.inputs(); ++i) result.push_back(&value(node, i));
    return result;
  }

  /// Reads the class scores: a last sum, or quantized activations themselves.
  GraphOutput read_output() {
    const auto found = values_.find(graph_.output());
    if (found == values_.end()) {
      throw base::UserError(fmt::format("{}: no accepted node computes its output {}",
                                        graph_.source(), graph_.output()));
    }
    Value& value = found->second;
    GraphOutput output;
    output.left_out = value.left_out;
    if (std::holds_alternative<ImageValue>(value.content)) {
      throw base::UserError(
          fmt::format("{}: its output is its input; accepted: a network", graph_.source()));
    }
    if (auto* sum = std::get_if<SumValue>(&value.content)) {
      output.sum = std::move(sum->layer);
    } else {
      // The activations are the scores.
      const auto& levels = std::get<LevelsValue>(value.content);
      const OnnxNode& last = *graph_.nodes().back();
      output.sum.name = fmt::format("{}.scores", levels.parts.front().tensor->layer.name);
      output.sum.label = levels.parts.front().tensor->layer.label;
      output.sum.output = {value.layout.size(), 1, 1};
      output.sum.bias.assign(static_cast<std::size_t>(value.layout.size()), 0.0F);
      int first = 0;
      for (const LevelsPart& part : levels.parts) {
        QuantizedTerm& term = output.sum.terms.emplace_back();
        term.label = output.sum.label;
        term.source = layers_.number_of(last, part);
        term.decoding = LayerStore::levels_of(part);
        term.input = part.shape;
        term.window.kernel_height = part.shape.height;
        term.window.kernel_width = part.shape.width;
        term.outputs = value.layout.size();
        term.weights = identity_weights(last, term.outputs, part.shape.size(), first);
        first += part.shape.size();
      }
    }
    output.order = value.layout.order();
    return output;
  }

  /// Weights by which each output is one neuron: output first + i is neuron i.
  static std::shared_ptr<const GraphWeights> identity_weights(const OnnxNode& last, int outputs,
                                                              int neurons, int first) {
    constexpr int kMaxScores = 4096;
    if (outputs > kMaxScores) {
      last.refuse(fmt::format("{} scores", outputs),
                  fmt::format("at most {}, or a last dense layer", kMaxScores));
    }
    auto weights = std::make_shared<GraphWeights>();
    weights->values.assign(static_cast<std::size_t>(outputs) * static_cast<std::size_t>(neurons),
                           0.0F);
    for (int i = 0; i < neurons; ++i) {
      weights->values[static_cast<std::size_t>(first + i) * static_cast<std::size_t>(neurons) +
                      static_cast<std::size_t>(i)] = 1.0F;
    }
    return weights;
  }

  const OnnxGraph& graph_;
  LayerStore layers_;
  std::map<const OnnxNode*, int> positions_;
  const Context context_{graph_, layers_, positions_};
  std::map<std::string, Value> values_;
};

}  // namespace

QuantizedGraph recognize_graph(const OnnxGraph& graph) { return Recognizer(graph).read(); }

}  // namespace spikeloom::converter
