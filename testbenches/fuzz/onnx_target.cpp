// SPDX-License-Identifier: Apache-2.0
// ONNX models, and a mutation of their graphs.
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "spikeloom/converter/onnx_import.h"
#include "testbenches/fuzz/network_check.h"
#include "testbenches/fuzz/scratch.h"
#include "testbenches/fuzz/target.h"

namespace spikeloom::fuzz {
namespace {

constexpr std::array kOperators = {"Add",
                                   "Sub",
                                   "Mul",
                                   "Div",
                                   "Neg",
                                   "Abs",
                                   "Concat",
                                   "Split",
                                   "Relu",
                                   "Clip",
                                   "Conv",
                                   "MaxPool",
                                   "AveragePool",
                                   "Flatten",
                                   "GlobalAveragePool",
                                   "Reshape",
                                   "Transpose",
                                   "Squeeze",
                                   "Unsqueeze",
                                   "Gather",
                                   "Slice",
                                   "Resize",
                                   "Pad",
                                   "Sum",
                                   "Floor",
                                   "Sign",
                                   "Round",
                                   "QuantizeLinear",
                                   "DequantizeLinear",
                                   "MatMul",
                                   "Gemm",
                                   "ReduceMean",
                                   "BatchNormalization",
                                   "Identity",
                                   "Softmax",
                                   "Cast",
                                   "LeakyRelu",
                                   "Greater",
                                   "Where",
                                   "Shape",
                                   "Constant",
                                   "Quant",
                                   "BipolarQuant",
                                   "MultiThreshold",
                                   "QLinearConv",
                                   "MatMulInteger",
                                   "GlobalMaxPool",
                                   "Upsample",
                                   "Expand",
                                   "Sigmoid"};
constexpr std::array kDomains = {"", "ai.onnx", "qonnx.custom_op.general", "x"};
constexpr std::array kAttributes = {"axis",      "group",         "pads",      "strides",
                                    "dilations", "kernel_shape",  "ceil_mode", "count_include_pad",
                                    "perm",      "auto_pad",      "axes",      "keepdims",
                                    "alpha",     "beta",          "transA",    "transB",
                                    "epsilon",   "mode",          "to",        "signed",
                                    "narrow",    "rounding_mode", "out_scale", "out_bias",
                                    "out_dtype", "data_layout"};
constexpr std::array kTexts = {"SAME_UPPER", "SAME_LOWER", "VALID",   "NOTSET", "ROUND", "FLOOR",
                               "NCHW",       "NHWC",       "nearest", "UINT4",  ""};
constexpr std::size_t kMaxDoublings = 24;
constexpr int kMaxNodes = 400;

int index(Choices& choices, int count) {
  return static_cast<int>(choices.below(static_cast<std::size_t>(count)));
}

/// Mutates one graph; each function changes one thing, or nothing if the graph lacks it.
class GraphMutation {
 public:
  GraphMutation(onnx::ModelProto& model, Choices& choices)
      : model_(model), graph_(*model.mutable_graph()), choices_(choices) {}

  void run() {
    if (graph_.node_size() == 0 || graph_.node_size() > kMaxNodes) return;
    node_ = index(choices_, graph_.node_size());
    switch (choices_.below(15)) {
      case 0:
        return change_input();
      case 1:
        return change_attribute();
      case 2:
        return add_attribute();
      case 3:
        if (node().attribute_size() != 0) {
          node().mutable_attribute()->DeleteSubrange(index(choices_, node().attribute_size()), 1);
        }
        return;
      case 4:
        node().set_op_type(choices_.of(kOperators));
        if (choices_.one_in(4)) node().set_domain(choices_.of(kDomains));
        return;
      case 5:
        return double_output();
      case 6:
        return copy_node();
      case 7:
        return graph_.mutable_node()->SwapElements(node_, index(choices_, graph_.node_size()));
      case 8:
        return graph_.mutable_node()->DeleteSubrange(node_, 1);
      case 9:
        return change_dimension();
      case 10:
        return change_numbers();
      case 11:
        if (onnx::TensorProto* const tensor = constant()) {
          tensor->set_data_type(index(choices_, 24));
        }
        return;
      case 12:
        return change_shape();
      case 13:
        if (model_.opset_import_size() != 0) {
          model_.mutable_opset_import(index(choices_, model_.opset_import_size()))
              ->set_version(choices_.one_in(2) ? index(choices_, 30) : choices_.integer());
        }
        return;
      case 14:
        return change_names();
    }
  }

 private:
  onnx::NodeProto& node() { return *graph_.mutable_node(node_); }
  bool small() { return !choices_.one_in(3); }
  std::int64_t integer() { return small() ? index(choices_, 9) - 1 : choices_.integer(); }

  /// The name of some tensor.
  std::string tensor_name() {
    if (choices_.one_in(4) && graph_.initializer_size() != 0) {
      return graph_.initializer(index(choices_, graph_.initializer_size())).name();
    }
    if (choices_.one_in(6) && graph_.input_size() != 0) return graph_.input(0).name();
    const onnx::NodeProto& other = graph_.node(index(choices_, graph_.node_size()));
    return other.output_size() == 0 ? "" : other.output(0);
  }

  /// Some tensor of numbers: an initializer, or the value of a node.
  onnx::TensorProto* constant() {
    for (onnx::AttributeProto& attribute : *node().mutable_attribute()) {
      if (attribute.has_t() && choices_.one_in(2)) return attribute.mutable_t();
    }
    if (graph_.initializer_size() == 0) return nullptr;
    return graph_.mutable_initializer(index(choices_, graph_.initializer_size()));
  }

  void change_input() {
    if (node().input_size() == 0 || choices_.one_in(8)) {
      node().add_input(tensor_name());
    } else if (choices_.one_in(8)) {
      node().mutable_input()->RemoveLast();
    } else {
      node().set_input(index(choices_, node().input_size()), tensor_name());
    }
  }

  void change_attribute() {
    if (node().attribute_size() == 0) return add_attribute();
    onnx::AttributeProto& attribute =
        *node().mutable_attribute(index(choices_, node().attribute_size()));
    if (attribute.ints_size() != 0) {
      attribute.set_ints(index(choices_, attribute.ints_size()), integer());
      if (choices_.one_in(4)) attribute.add_ints(integer());
    } else if (attribute.has_i()) {
      attribute.set_i(integer());
    } else if (attribute.has_f()) {
      attribute.set_f(static_cast<float>(choices_.real()));
    } else if (attribute.has_s()) {
      attribute.set_s(choices_.of(kTexts));
    }
  }

  void add_attribute() {
    onnx::AttributeProto& attribute = *node().add_attribute();
    attribute.set_name(choices_.of(kAttributes));
    switch (choices_.below(4)) {
      case 0:
        attribute.set_type(onnx::AttributeProto::INTS);
        for (std::size_t left = choices_.below(7); left > 0; --left) attribute.add_ints(integer());
        return;
      case 1:
        attribute.set_type(onnx::AttributeProto::FLOAT);
        return attribute.set_f(static_cast<float>(choices_.real()));
      case 2:
        attribute.set_type(onnx::AttributeProto::STRING);
        return attribute.set_s(choices_.of(kTexts));
      default:
        attribute.set_type(onnx::AttributeProto::INT);
        return attribute.set_i(integer());
    }
  }

  std::string fresh_name() { return "new" + std::to_string(choices_.number()); }

  /// Puts a copy of a node, which reads another tensor, somewhere; one of its readers reads it.
  void copy_node() {
    onnx::NodeProto copy = node();
    if (copy.output_size() == 0) return;
    copy.set_name(fresh_name());
    copy.set_output(0, fresh_name());
    if (copy.input_size() != 0) copy.set_input(0, tensor_name());
    for (onnx::NodeProto& reader : *graph_.mutable_node()) {
      if (reader.input_size() == 0 || !choices_.one_in(3)) continue;
      reader.set_input(index(choices_, reader.input_size()), copy.output(0));
      break;
    }
    *graph_.add_node() = copy;
    for (int i = graph_.node_size() - 1; i > node_ + 1; --i) {
      graph_.mutable_node()->SwapElements(i, i - 1);
    }
  }

  /// Adds a tensor to itself, or concatenates it with itself, several times.
  void double_output() {
    if (node().output_size() == 0) return;
    const std::string before = node().output(0);
    std::string last = before;
    std::vector<onnx::NodeProto> added;
    const bool concat = choices_.one_in(2);
    for (std::size_t left = 1 + choices_.below(kMaxDoublings); left > 0; --left) {
      onnx::NodeProto sum;
      sum.set_op_type(concat ? "Concat" : "Add");
      sum.set_name(fresh_name());
      sum.add_input(last);
      sum.add_input(last);
      last = sum.name();
      sum.add_output(last);
      if (concat) {
        onnx::AttributeProto& axis = *sum.add_attribute();
        axis.set_name("axis");
        axis.set_type(onnx::AttributeProto::INT);
        axis.set_i(index(choices_, 5) - 1);
      }
      added.push_back(std::move(sum));
    }
    std::vector<onnx::NodeProto> nodes(graph_.node().begin(), graph_.node().end());
    for (auto reader = nodes.begin() + node_ + 1; reader != nodes.end(); ++reader) {
      for (std::string& input : *reader->mutable_input()) {
        if (input == before) input = last;
      }
    }
    nodes.insert(nodes.begin() + node_ + 1, added.begin(), added.end());
    graph_.clear_node();
    for (onnx::NodeProto& each : nodes) graph_.add_node()->Swap(&each);
  }

  void change_dimension() {
    onnx::TensorProto* const tensor = constant();
    if (tensor == nullptr) return;
    switch (choices_.below(4)) {
      case 0:
        return tensor->add_dims(integer());
      case 1:
        return tensor->mutable_dims()->Truncate(index(choices_, tensor->dims_size() + 1));
      default:
        if (tensor->dims_size() != 0) {
          tensor->set_dims(index(choices_, tensor->dims_size()), integer());
        }
    }
  }

  void change_numbers() {
    onnx::TensorProto* const tensor = constant();
    if (tensor == nullptr) return;
    const auto real = static_cast<float>(choices_.real());
    if (tensor->float_data_size() != 0) {
      tensor->set_float_data(index(choices_, tensor->float_data_size()), real);
    }
    if (tensor->int64_data_size() != 0) {
      tensor->set_int64_data(index(choices_, tensor->int64_data_size()), integer());
    }
    if (tensor->int32_data_size() != 0) {
      tensor->set_int32_data(index(choices_, tensor->int32_data_size()),
                             static_cast<std::int32_t>(integer()));
    }
    std::string& raw = *tensor->mutable_raw_data();
    if (raw.size() < sizeof real) return;
    const bool wide = tensor->data_type() == onnx::TensorProto::INT64;
    const std::size_t width = wide ? sizeof(std::int64_t) : sizeof real;
    const std::size_t place = choices_.below(raw.size() / width) * width;
    const std::int64_t whole = integer();
    std::memcpy(raw.data() + place, wide ? static_cast<const void*>(&whole) : &real, width);
  }

  /// Changes the declared shape of an input, an output or a tensor between.
  void change_shape() {
    auto* values = graph_.mutable_input();
    if (choices_.one_in(3)) values = graph_.mutable_output();
    if (choices_.one_in(3)) values = graph_.mutable_value_info();
    if (values->empty()) return;
    onnx::TypeProto& type = *values->Mutable(index(choices_, values->size()))->mutable_type();
    onnx::TensorShapeProto& shape = *type.mutable_tensor_type()->mutable_shape();
    if (shape.dim_size() == 0 || choices_.one_in(6)) {
      shape.add_dim()->set_dim_value(integer());
    } else if (choices_.one_in(6)) {
      shape.mutable_dim()->RemoveLast();
    } else {
      shape.mutable_dim(index(choices_, shape.dim_size()))->set_dim_value(integer());
    }
  }

  void change_names() {
    switch (choices_.below(4)) {
      case 0:
        return node().set_name("input");
      case 1:
        return node().set_name(graph_.node(index(choices_, graph_.node_size())).name());
      case 2:
        if (node().output_size() != 0) node().set_output(0, tensor_name());
        return;
      default:
        if (graph_.output_size() != 0) graph_.mutable_output(0)->set_name(tensor_name());
    }
  }

  onnx::ModelProto& model_;
  onnx::GraphProto& graph_;
  Choices& choices_;
  int node_ = 0;
};

}  // namespace

void read_onnx(base::ByteView input) {
  check_network(converter::import_onnx(write_scratch("network.onnx", input)).network);
}

bool mutate_onnx(Bytes& input, Choices& choices) {
  onnx::ModelProto model;
  if (!model.ParseFromArray(input.data(), static_cast<int>(input.size()))) return false;
  for (std::size_t left = 1 + choices.below(4); left > 0; --left) {
    GraphMutation(model, choices).run();
  }
  const std::string text = model.SerializeAsString();
  input.assign(text.begin(), text.end());
  return true;
}

}  // namespace spikeloom::fuzz
