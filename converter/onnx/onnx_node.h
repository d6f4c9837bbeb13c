// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <onnx/onnx_pb.h>

namespace spikeloom::converter {

/// A node of an ONNX graph. The getters of attributes refuse an attribute of another type.
class OnnxNode {
 public:
  /// `source` is the name of the file and `index` the node's position, for messages.
  OnnxNode(const onnx::NodeProto& proto, const std::string& source, int index);

  /// Returns the node's name, or its operator and position if it has none.
  const std::string& name() const { return name_; }
  /// Returns the operator. One of another domain that has a standard namesake, such as those of
  /// qonnx.custom_op.channels_last, has its domain before it.
  const std::string& op() const { return op_; }
  /// Returns the operator's domain, in the spelling of operator_domain.h if it is one of these.
  std::string_view domain() const { return domain_; }
  /// Returns the name of the model file.
  const std::string& source() const { return source_; }
  int inputs() const { return proto_.input_size(); }
  /// Returns the name of input `i`, empty if the input is omitted.
  const std::string& input(int i) const;
  /// Returns the name of the first output, which may be empty if there are more.
  const std::string& output() const { return proto_.output(0); }
  const onnx::NodeProto& proto() const { return proto_; }

  bool has(std::string_view attribute) const { return find(attribute) != nullptr; }
  std::int64_t integer(std::string_view attribute, std::int64_t default_value) const;
  /// Returns a number of onnx::TensorProto::DataType. Refuses one that an int does not hold.
  int data_type(std::string_view attribute, int default_value) const;
  float real(std::string_view attribute, float default_value) const;
  std::string text(std::string_view attribute, const std::string& default_value) const;
  std::vector<std::int64_t> integers(std::string_view attribute,
                                     const std::vector<std::int64_t>& default_value) const;
  /// Refuses the node if it has an attribute that is not in `names`, except for those that the
  /// operator's definition does not have (is_foreign_attribute).
  void allow_attributes(std::initializer_list<std::string_view> names) const;

  /// Returns `node "conv2" (Conv)`.
  std::string label() const;
  /// Throws UserError that names file, node, operator, what was found and what is accepted.
  [[noreturn]] void refuse(const std::string& found, const std::string& accepted) const;

 private:
  const onnx::AttributeProto* find(std::string_view attribute) const;
  const onnx::AttributeProto* find(std::string_view attribute, int type) const;

  const onnx::NodeProto& proto_;
  const std::string& source_;
  std::string_view domain_;
  std::string op_;
  std::string name_;
};

}  // namespace spikeloom::converter
