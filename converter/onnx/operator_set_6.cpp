// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/operator_set_6.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace spikeloom::converter {
namespace {

void remove_attribute(onnx::NodeProto& proto, std::string_view name) {
  auto& attributes = *proto.mutable_attribute();
  attributes.erase(std::remove_if(attributes.begin(), attributes.end(),
                                  [name](const onnx::AttributeProto& attribute) {
                                    return attribute.name() == name;
                                  }),
                   attributes.end());
}

std::string format(const std::optional<Dims>& dims) {
  return dims ? format_batch_dims(*dims) : "unknown shape";
}

/// Returns the dimensions that align the second operand with the axes of the first from `axis` on.
std::optional<Dims> aligned(const OnnxNode& node, std::int64_t axis,
                            const std::optional<Dims>& left, const std::optional<Dims>& right,
                            bool right_is_constant) {
  if (left && right) {
    const auto rank = static_cast<std::int64_t>(left->size());
    const auto inner = static_cast<std::int64_t>(right->size());
    const std::int64_t first = axis < 0 ? axis + rank : axis;
    if (first >= 0 && first == rank - inner) return std::nullopt;
    if (first >= 0 && first < rank - inner && right_is_constant) {
      Dims dims = *right;
      dims.resize(static_cast<std::size_t>(rank - first), 1);
      return dims;
    }
  }
  node.refuse(fmt::format("it broadcasts {} to {} from axis {} on, as operator set 6 allows",
                          format(right), format(left), axis),
              "a second operand along the last axes, or a constant");
}

}  // namespace

std::optional<Dims> upgrade_from_operator_set_6(const OnnxNode& node, onnx::NodeProto& proto,
                                                const std::optional<Dims>& left,
                                                const std::optional<Dims>& right,
                                                bool right_is_constant) {
  constexpr std::array<std::string_view, 5> kArithmetic = {"Add", "Div", "Mul", "Pow", "Sub"};
  if (node.op() == "BatchNormalization" || node.op() == "Dropout") {
    if (node.integer("is_test", 0) == 0) {
      node.refuse("it is in training mode (is_test 0)", "a model exported for inference");
    }
    remove_attribute(proto, "is_test");
    return std::nullopt;
  }
  if (node.op() == "Gemm") {
    remove_attribute(proto, "broadcast");
    return std::nullopt;
  }
  if (std::find(kArithmetic.begin(), kArithmetic.end(), node.op()) == kArithmetic.end()) {
    return std::nullopt;
  }
  std::optional<Dims> dims;
  if (node.integer("broadcast", 0) == 0) {
    if (left && right && *left != *right) {
      node.refuse(fmt::format("its operands are of the shapes {} and {}, without broadcast 1",
                              format(left), format(right)),
                  "equal shapes");
    }
  } else if (node.has("axis")) {
    dims = aligned(node, node.integer("axis", 0), left, right, right_is_constant);
  }
  remove_attribute(proto, "broadcast");
  remove_attribute(proto, "axis");
  return dims;
}

}  // namespace spikeloom::converter
