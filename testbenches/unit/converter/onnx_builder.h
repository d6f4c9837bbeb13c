// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

namespace spikeloom::converter {

using Dims = std::vector<std::int64_t>;
using Attribute = std::pair<std::string, std::variant<std::int64_t, float, std::string, Dims>>;

/// Builds ONNX models node by node.
class OnnxBuilder {
 public:
  /// Adds the input "image"; -1 is a symbolic dimension.
  explicit OnnxBuilder(const Dims& input) {
    model_.set_ir_version(7);
    model_.add_opset_import()->set_version(13);
    onnx::GraphProto& graph = *model_.mutable_graph();
    graph.set_name("test");
    onnx::ValueInfoProto& value = *graph.add_input();
    value.set_name("image");
    auto& type = *value.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t dim : input) {
      auto& entry = *type.mutable_shape()->add_dim();
      if (dim < 0) {
        entry.set_dim_param("N");
      } else {
        entry.set_dim_value(dim);
      }
    }
  }

  onnx::ModelProto& model() { return model_; }
  onnx::GraphProto& graph() { return *model_.mutable_graph(); }
  const onnx::GraphProto& graph() const { return model_.graph(); }

  std::string floats(const Dims& dims, const std::vector<float>& values) {
    onnx::TensorProto& tensor = add_tensor(onnx::TensorProto::FLOAT, dims);
    for (const float value : values) tensor.add_float_data(value);
    return tensor.name();
  }
  std::string scalar(float value) { return floats({}, {value}); }
  /// Stores int8 as raw bytes and int64 as numbers, to test both encodings.
  std::string bytes(const Dims& dims, const std::vector<std::int8_t>& values) {
    onnx::TensorProto& tensor = add_tensor(onnx::TensorProto::INT8, dims);
    tensor.set_raw_data(std::string(values.begin(), values.end()));
    return tensor.name();
  }
  /// Stores uint8 as numbers.
  std::string unsigned_bytes(const Dims& dims, const std::vector<std::uint8_t>& values) {
    onnx::TensorProto& tensor = add_tensor(onnx::TensorProto::UINT8, dims);
    for (const std::uint8_t value : values) tensor.add_int32_data(value);
    return tensor.name();
  }
  std::string words(const Dims& dims, const std::vector<std::int32_t>& values) {
    onnx::TensorProto& tensor = add_tensor(onnx::TensorProto::INT32, dims);
    for (const std::int32_t value : values) tensor.add_int32_data(value);
    return tensor.name();
  }
  std::string integers(const Dims& dims, const Dims& values) {
    onnx::TensorProto& tensor = add_tensor(onnx::TensorProto::INT64, dims);
    for (const std::int64_t value : values) tensor.add_int64_data(value);
    return tensor.name();
  }

  /// Adds an initializer without numbers.
  onnx::TensorProto& add_tensor(int type, const Dims& dims) {
    onnx::TensorProto& tensor = *graph().add_initializer();
    tensor.set_name("tensor_" + std::to_string(graph().initializer_size()));
    tensor.set_data_type(type);
    for (const std::int64_t dim : dims) tensor.add_dims(dim);
    return tensor;
  }

  /// Adds a node. The node and its output are called `name`, or OP_INDEX if it is empty.
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::vector<Attribute>& attributes = {}, std::string name = "") {
    if (name.empty()) name = op + "_" + std::to_string(graph().node_size());
    onnx::NodeProto& node = *graph().add_node();
    node.set_op_type(op);
    node.set_name(name);
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(name);
    for (const auto& [key, value] : attributes) add_attribute(node, key, value);
    return name;
  }

  /// Likewise an operator of another domain than the standard one.
  std::string node_of(const std::string& domain, const std::string& op,
                      const std::vector<std::string>& inputs,
                      const std::vector<Attribute>& attributes = {}, std::string name = "") {
    name = node(op, inputs, attributes, std::move(name));
    graph().mutable_node(graph().node_size() - 1)->set_domain(domain);
    return name;
  }

  /// Makes the output of the last node that of the graph; returns the bytes of the model.
  std::string serialize() {
    graph().clear_output();
    graph().add_output()->set_name(graph().node(graph().node_size() - 1).output(0));
    return model_.SerializeAsString();
  }

 private:
  static void add_attribute(onnx::NodeProto& node, const std::string& key,
                            const Attribute::second_type& value) {
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(key);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      attribute.set_type(onnx::AttributeProto::INT);
      attribute.set_i(*integer);
    } else if (const auto* real = std::get_if<float>(&value)) {
      attribute.set_type(onnx::AttributeProto::FLOAT);
      attribute.set_f(*real);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      attribute.set_type(onnx::AttributeProto::STRING);
      attribute.set_s(*text);
    } else {
      attribute.set_type(onnx::AttributeProto::INTS);
      for (const std::int64_t number : std::get<Dims>(value)) attribute.add_ints(number);
    }
  }

  onnx::ModelProto model_;
};

}  // namespace spikeloom::converter
