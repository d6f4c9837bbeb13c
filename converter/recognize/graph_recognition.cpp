// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/graph_recognition.h"

#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/activation.h"
#include "spikeloom/converter/onnx/chain.h"
#include "spikeloom/converter/recognize/quantizer_recognition.h"
#include "spikeloom/converter/recognize/step_recognition.h"
#include "spikeloom/converter/recognize/sum_merging.h"
#include "spikeloom/converter/recognize/term_recognition.h"

namespace spikeloom::converter {
namespace {

constexpr const char* kOperators =
    "Conv, Gemm, MatMul, MaxPool, AveragePool, GlobalAveragePool, Add, Sub, Sum, Concat, Flatten, "
    "Reshape; after a weighted layer or a sum also BatchNormalization, Add, Sub, Mul, Div, Relu "
    "and its quantizer (Clip, Add and Floor, Round, QuantizeLinear and DequantizeLinear); "
    "Identity, Dropout and Cast to FLOAT or DOUBLE anywhere";

class Recognizer {
 public:
  explicit Recognizer(const OnnxGraph& graph) : graph_(graph) {}

  QuantizedGraph read() {
    result_.source = graph_.source();
    read_input();
    for (const OnnxNode* node : graph_.nodes()) {
      if (taken_.count(node) == 0) read_node(*node);
    }
    read_output();
    return std::move(result_);
  }

 private:
  /// A tensor: the output of quantized layers, or a sum before its quantizer.
  using Value = std::variant<Activation, QuantizedLayer>;

  void read_input() {
    const auto dims = graph_.input_dims();
    const bool sized = std::all_of(
        dims.begin() + (dims.empty() ? 0 : 1), dims.end(),
        [](std::int64_t dim) { return dim >= 1 && dim <= SpikingNetwork::kMaxNeurons; });
    const bool one = !dims.empty() && (dims[0] == -1 || dims[0] == 1);
    if (!sized || !one || (dims.size() != 4 && dims.size() != 2)) {
      std::string found = format_dims(dims);
      for (std::size_t at; (at = found.find("-1")) != std::string::npos;) found.replace(at, 2, "?");
      throw base::UserError(fmt::format(
          "{}: its input \"{}\" has the shape {}; accepted: N x channels x height x width or "
          "N x features, with N symbolic or 1 and the others fixed",
          graph_.source(), graph_.input(), found));
    }
    const bool flat = dims.size() == 2;
    const auto size = [&dims](std::size_t i) { return static_cast<int>(dims[i]); };
    const Shape shape = flat ? Shape{size(1), 1, 1} : Shape{size(1), size(2), size(3)};
    if (std::int64_t{shape.height} * shape.width > SpikingNetwork::kMaxNeurons ||
        std::int64_t{shape.height} * shape.width * shape.channels > SpikingNetwork::kMaxNeurons) {
      throw base::UserError(fmt::format(
          "{}: its input \"{}\" has the shape {}; accepted: at "
          "most {} pixels",
          graph_.source(), graph_.input(), format_dims(dims), SpikingNetwork::kMaxNeurons));
    }
    values_[graph_.input()] = Activation{{{kImage, shape}}, flat};
  }

  void read_node(const OnnxNode& node) {
    const std::string& op = node.op();
    if (Chain::is_pass_through(graph_, node)) {
      values_[node.output()] = value(node, 0);
    } else if (is_weighted(node)) {
      continue_sum(node, read_weighted(graph_, node, activation(node, 0)));
    } else if (op == "MaxPool") {
      read_pool(node);
    } else if (op == "Flatten" || op == "Reshape") {
      read_flatten(node);
    } else if (op == "Concat") {
      read_concatenation(node);
    } else if ((op == "Add" || op == "Sub" || op == "Sum") && !has_constant(node)) {
      read_addition(node);
    } else {
      read_step_alone(node);
    }
  }

  bool has_constant(const OnnxNode& node) const {
    const auto& inputs = node.proto().input();
    return std::any_of(inputs.begin(), inputs.end(),
                       [this](const std::string& input) { return graph_.is_constant(input); });
  }

  const Value& value(const OnnxNode& node, int i) const {
    const auto found = values_.find(node.input(i));
    if (found == values_.end()) {
      node.refuse(fmt::format("its input \"{}\" is no activation", node.input(i)),
                  "what follows from the image");
    }
    return found->second;
  }

  const Activation& activation(const OnnxNode& node, int i) {
    const Value& input = value(node, i);
    if (const auto* sum = std::get_if<QuantizedLayer>(&input)) {
      node.refuse(fmt::format("its input comes from {} without a quantizer", sum->label),
                  "a quantizer after every layer but the last");
    }
    return std::get<Activation>(input);
  }

  /// Takes the nodes that follow `node` up to and including the quantizer, or as far as the chain
  /// goes.
  void continue_sum(const OnnxNode& node, QuantizedLayer sum) {
    Chain chain(graph_, node.output(), taken_);
    follow(chain, std::move(sum));
  }

  void follow(Chain& chain, QuantizedLayer sum) {
    while (read_step(chain, sum)) {
    }
    if (!starts_quantizer(chain)) {
      values_[chain.tensor()] = std::move(sum);
      return;
    }
    read_quantizer(chain, sum);
    move_scale_to_exponent(sum);
    values_[chain.tensor()] = add_layer(std::move(sum));
  }

  Activation add_layer(QuantizedLayer layer) {
    const Activation output{{{static_cast<int>(result_.layers.size()), layer.output}}, layer.flat};
    result_.layers.push_back(std::move(layer));
    return output;
  }

  /// Reads a step or a quantizer whose input is read by other nodes too.
  void read_step_alone(const OnnxNode& node) {
    Chain chain(graph_, node, taken_);
    if (!starts_quantizer(chain) && !starts_step(chain)) {
      node.refuse("it is not accepted here", kOperators);
    }
    const Value& input = value(node, graph_.is_constant(node.input(0)) ? 1 : 0);
    const auto* sum = std::get_if<QuantizedLayer>(&input);
    follow(chain, sum != nullptr ? *sum : identity_sum(node, std::get<Activation>(input)));
  }

  void read_addition(const OnnxNode& node) {
    node.allow_attributes({});
    std::vector<QuantizedLayer> sides;
    for (int i = 0; i < node.inputs(); ++i) {
      const Value& input = value(node, i);
      const auto* sum = std::get_if<QuantizedLayer>(&input);
      sides.push_back(sum != nullptr ? *sum : identity_sum(node, std::get<Activation>(input)));
    }
    continue_sum(node, merge_sums(node, std::move(sides)));
  }

  void read_pool(const OnnxNode& node) {
    const Activation& input = activation(node, 0);
    if (input.flat) node.refuse("its input is a vector", "channels x height x width");
    if (input.is_image()) {
      node.refuse("it comes before the first layer", "a Conv, Gemm or MatMul first");
    }
    Activation output;
    for (const Activation::Part& part : input.parts) {
      QuantizedLayer layer = read_max_pool(node, part);
      layer.quantizer = result_.layers[static_cast<std::size_t>(part.source)].quantizer;
      if (input.parts.size() > 1) layer.name += fmt::format(".{}", output.parts.size() + 1);
      output.parts.push_back(add_layer(std::move(layer)).parts.front());
    }
    values_[node.output()] = output;
  }

  void read_concatenation(const OnnxNode& node) {
    node.allow_attributes({"axis"});
    Activation output;
    for (int i = 0; i < node.inputs(); ++i) {
      if (graph_.is_constant(node.input(i))) {
        node.refuse(fmt::format("its input \"{}\" is constant", node.input(i)),
                    "quantized activations");
      }
      const Activation& input = activation(node, i);
      if (input.is_image()) node.refuse("the image is not quantized", "quantized activations");
      const Shape shape = input.shape();
      const Shape first = i == 0 ? shape : output.shape();
      if (i > 0 && (input.flat != output.flat || first.height != shape.height ||
                    first.width != shape.width)) {
        node.refuse("its inputs are of different height or width",
                    "equal ones, to be put together along the channels");
      }
      output.flat = input.flat;
      output.parts.insert(output.parts.end(), input.parts.begin(), input.parts.end());
    }
    const std::int64_t axis = node.integer("axis", 1);
    if (axis != 1 && axis + (output.flat ? 2 : 4) != 1) {
      node.refuse(fmt::format("axis {}", axis), "axis 1, the channels");
    }
    values_[node.output()] = output;
  }

  void read_flatten(const OnnxNode& node) {
    Activation result = activation(node, 0);
    const int rank = result.flat ? 2 : 4;
    if (node.op() == "Flatten") {
      node.allow_attributes({"axis"});
      const std::int64_t axis = node.integer("axis", 1);
      if (axis != 1 && axis + rank != 1) node.refuse(fmt::format("axis {}", axis), "axis 1");
    } else {
      node.allow_attributes({"allowzero"});
      const Tensor& target = graph_.constant(node, 1, "shape");
      const auto& to = target.values;
      const int size = result.shape().size();
      const bool vector = to.size() == 2 && (to[1] == size || to[1] == -1) &&
                          (to[0] == 1 || to[0] == -1 || to[0] == 0) &&
                          !(to[0] == -1 && to[1] == -1);
      if (!vector || (to[0] == 0 && node.integer("allowzero", 0) != 0)) {
        node.refuse(fmt::format("it reshapes to [{}]", fmt::join(to, ", ")),
                    fmt::format("to a vector, [N, {}]", size));
      }
    }
    result.flat = true;
    values_[node.output()] = std::move(result);
  }

  /// Reads the last layer, which has no quantizer.
  void read_output() {
    const Value& output = values_.at(graph_.output());
    if (const auto* sum = std::get_if<QuantizedLayer>(&output)) {
      result_.layers.push_back(*sum);
      return;
    }
    const int source = std::get<Activation>(output).parts.front().source;
    if (source == kImage) return;  // too few layers
    throw base::UserError(
        fmt::format("{}: {}: the last layer has a quantizer; accepted: a last dense layer without "
                    "one, computed by the host",
                    graph_.source(), result_.layers[static_cast<std::size_t>(source)].label));
  }

  const OnnxGraph& graph_;
  std::map<std::string, Value> values_;
  std::set<const OnnxNode*> taken_;
  QuantizedGraph result_;
};

}  // namespace

QuantizedGraph recognize_graph(const OnnxGraph& graph) { return Recognizer(graph).read(); }

}  // namespace spikeloom::converter
