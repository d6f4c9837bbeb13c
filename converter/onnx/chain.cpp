// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/chain.h"

#include <cmath>

#include <fmt/format.h>

namespace spikeloom::converter {

Chain::Chain(const OnnxGraph& graph, const std::string& tensor, std::set<const OnnxNode*>& taken)
    : graph_(graph), tensor_(tensor), taken_(taken) {
  find_next();
}

Chain::Chain(const OnnxGraph& graph, const OnnxNode& first, std::set<const OnnxNode*>& taken)
    : graph_(graph), taken_(taken), next_(&first) {}

bool Chain::is_pass_through(const OnnxGraph& graph, const OnnxNode& node) {
  if (node.op() == "Cast") {
    // Smaller types would round the sums before a quantizer.
    node.allow_attributes({"to", "saturate"});
    const auto type = static_cast<int>(node.integer("to", 0));
    if (type != onnx::TensorProto::FLOAT && type != onnx::TensorProto::DOUBLE) {
      node.refuse(fmt::format("it casts to {}", type_name(type)), "FLOAT or DOUBLE");
    }
    return true;
  }
  if (node.op() != "Identity" && node.op() != "Dropout") return false;
  node.allow_attributes({"ratio", "seed"});
  if (!node.input(2).empty() && scalar(graph, node, 2, "training mode") != 0) {
    node.refuse("it is in training mode", "a model exported for inference");
  }
  return true;
}

const OnnxNode* Chain::after(const std::string& tensor) const {
  const std::vector<const OnnxNode*>& readers = graph_.readers(tensor);
  if (readers.size() != 1 || tensor == graph_.output()) return nullptr;
  for (const std::string& input : readers.front()->proto().input()) {
    if (input != tensor && !input.empty() && !graph_.is_constant(input)) return nullptr;
  }
  return readers.front();
}

void Chain::find_next() {
  for (next_ = after(tensor_); next_ != nullptr && is_pass_through(graph_, *next_);
       next_ = after(tensor_)) {
    taken_.insert(next_);
    tensor_ = next_->output();
  }
}

const OnnxNode* Chain::peek_second() const {
  if (next_ == nullptr) return nullptr;
  const OnnxNode* node = after(next_->output());
  while (node != nullptr && is_pass_through(graph_, *node)) node = after(node->output());
  return node;
}

const OnnxNode& Chain::take() {
  const OnnxNode& node = *next_;
  taken_.insert(next_);
  tensor_ = node.output();
  find_next();
  return node;
}

const Tensor& Chain::operand(const OnnxNode& node) const {
  node.allow_attributes({});
  if (node.inputs() != 2) node.refuse(fmt::format("it has {} inputs", node.inputs()), "two");
  return graph_.constant(node, graph_.is_constant(node.input(0)) ? 0 : 1, "operand");
}

double Chain::scalar(const OnnxGraph& graph, const OnnxNode& node, int i, const std::string& what) {
  const Tensor& tensor = graph.constant(node, i, what);
  if (!tensor.is_scalar() || !std::isfinite(tensor.values[0])) {
    node.refuse(tensor.is_scalar()
                    ? fmt::format("its {} is {}", what, tensor.values[0])
                    : fmt::format("its {} is of shape {}", what, format_dims(tensor.dims)),
                "one finite number");
  }
  return tensor.values[0];
}

std::vector<float> Chain::floats(const OnnxNode& node, int i, const std::string& what) const {
  return floats(node, graph_.constant(node, i, what), what);
}

std::vector<float> Chain::floats(const OnnxNode& node, const Tensor& tensor,
                                 const std::string& what) {
  if (!tensor.is_float()) {
    node.refuse(fmt::format("{} of type {}", what, type_name(tensor.type)),
                "FLOAT, or integers through Cast or DequantizeLinear");
  }
  std::vector<float> values;
  values.reserve(tensor.values.size());
  for (const double value : tensor.values) {
    if (!std::isfinite(value)) {
      node.refuse(fmt::format("{} among its {}", value, what), "finite numbers");
    }
    values.push_back(static_cast<float>(value));
  }
  return values;
}

}  // namespace spikeloom::converter
