// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/onnx_node.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/error.h"
#include "spikeloom/converter/onnx/operator_attributes.h"
#include "spikeloom/converter/onnx/operator_domain.h"

namespace spikeloom::converter {

using onnx::AttributeProto;

OnnxNode::OnnxNode(const onnx::NodeProto& proto, const std::string& source, int index)
    : proto_(proto),
      source_(source),
      domain_(known_domain(proto.domain()).value_or(proto.domain())),
      op_(has_standard_namesake(domain_, proto.op_type())
              ? fmt::format("{}.{}", domain_, proto.op_type())
              : proto.op_type()),
      name_(proto.name().empty() ? fmt::format("{}_{}", proto.op_type(), index) : proto.name()) {}

const std::string& OnnxNode::input(int i) const {
  static const std::string kOmitted;
  return i < proto_.input_size() ? proto_.input(i) : kOmitted;
}

const AttributeProto* OnnxNode::find(std::string_view attribute) const {
  for (const AttributeProto& candidate : proto_.attribute()) {
    if (candidate.name() == attribute) return &candidate;
  }
  return nullptr;
}

const AttributeProto* OnnxNode::find(std::string_view attribute, int type) const {
  const AttributeProto* found = find(attribute);
  if (found != nullptr && found->type() != type) {
    refuse(fmt::format("attribute {} has the wrong type", attribute),
           AttributeProto::AttributeType_Name(static_cast<AttributeProto::AttributeType>(type)));
  }
  return found;
}

std::int64_t OnnxNode::integer(std::string_view attribute, std::int64_t default_value) const {
  const AttributeProto* found = find(attribute, AttributeProto::INT);
  return found == nullptr ? default_value : found->i();
}

int OnnxNode::data_type(std::string_view attribute, int default_value) const {
  const std::int64_t value = integer(attribute, default_value);
  if (value < 0 || value > std::numeric_limits<int>::max()) {
    refuse(fmt::format("attribute {} is {}", attribute, value), "a type of ONNX");
  }
  return static_cast<int>(value);
}

float OnnxNode::real(std::string_view attribute, float default_value) const {
  const AttributeProto* found = find(attribute, AttributeProto::FLOAT);
  return found == nullptr ? default_value : found->f();
}

std::string OnnxNode::text(std::string_view attribute, const std::string& default_value) const {
  const AttributeProto* found = find(attribute, AttributeProto::STRING);
  return found == nullptr ? default_value : found->s();
}

std::vector<std::int64_t> OnnxNode::integers(std::string_view attribute,
                                             const std::vector<std::int64_t>& default_value) const {
  const AttributeProto* found = find(attribute, AttributeProto::INTS);
  if (found == nullptr) return default_value;
  return {found->ints().begin(), found->ints().end()};
}

void OnnxNode::allow_attributes(std::initializer_list<std::string_view> names) const {
  for (const AttributeProto& attribute : proto_.attribute()) {
    if (std::find(names.begin(), names.end(), attribute.name()) == names.end() &&
        !is_foreign_attribute(domain_, op_, attribute.name())) {
      refuse(fmt::format("attribute {}", attribute.name()),
             names.size() == 0 ? "no attributes" : fmt::format("{}", fmt::join(names, ", ")));
    }
  }
}

std::string OnnxNode::label() const { return fmt::format("node \"{}\" ({})", name_, op()); }

void OnnxNode::refuse(const std::string& found, const std::string& accepted) const {
  throw base::UserError(fmt::format("{}: {}: {}; accepted: {}", source_, label(), found, accepted));
}

}  // namespace spikeloom::converter
