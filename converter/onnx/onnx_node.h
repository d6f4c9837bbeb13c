// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <onnx/onnx_pb.h>

namespace spikeloom::converter {

/// A node of an ONNX graph. Its getters refuse an attribute of another type than theirs.
class OnnxNode {
 public:
  /// `source` is the file and `index` the node's place, for messages.
  OnnxNode(const onnx::NodeProto& proto, const std::string& source, int index);

  /// The node's name; of a node without, its operator and place.
  const std::string& name() const { return name_; }
  const std::string& op() const { return proto_.op_type(); }
  int inputs() const { return proto_.input_size(); }
  /// Empty where it is left out.
  const std::string& input(int i) const;
  const std::string& output() const { return proto_.output(0); }
  const onnx::NodeProto& proto() const { return proto_; }

  bool has(std::string_view attribute) const { return find(attribute) != nullptr; }
  std::int64_t integer(std::string_view attribute, std::int64_t default_value) const;
  float real(std::string_view attribute, float default_value) const;
  std::string text(std::string_view attribute, const std::string& default_value) const;
  std::vector<std::int64_t> integers(std::string_view attribute,
                                     const std::vector<std::int64_t>& default_value) const;
  /// Refuses the node where it has another attribute than these: nothing is silently ignored.
  void allow_attributes(std::initializer_list<std::string_view> names) const;

  /// `node "conv2" (Conv)`.
  std::string label() const;
  /// Throws UserError: file, node, operator, what was found and what is accepted.
  [[noreturn]] void refuse(const std::string& found, const std::string& accepted) const;

 private:
  const onnx::AttributeProto* find(std::string_view attribute) const;
  const onnx::AttributeProto* find(std::string_view attribute, int type) const;

  const onnx::NodeProto& proto_;
  const std::string& source_;
  std::string name_;
};

}  // namespace spikeloom::converter
