// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/onnx_graph.h"

#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/converter/onnx/constant_folding.h"

namespace spikeloom::converter {
namespace {

constexpr std::int64_t kFirstOperatorSet = 7;  ///< since then arithmetic broadcasts as in NumPy

bool is_standard(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

}  // namespace

OnnxGraph::OnnxGraph(const std::string& path) : source_(path) {
  parse();
  check_operator_sets();
  read_initializers();
  find_input();
  read_nodes();
  if (model_.graph().output_size() != 1) {
    fail(fmt::format("its graph has {} outputs; accepted: one, the class scores",
                     model_.graph().output_size()));
  }
  check_all_used();
}

void OnnxGraph::fail(const std::string& problem) const {
  throw base::UserError(fmt::format("{}: {}", source_, problem));
}

void OnnxGraph::parse() {
  const std::vector<std::uint8_t> bytes = base::read_file(source_);
  constexpr std::size_t kMaxBytes = 0x7fffffff;
  if (bytes.size() > kMaxBytes) fail("not an ONNX model: longer than 2 GiB");
  const google::protobuf::LogSilencer silence;  // errors are reported below
  if (bytes.empty() || !model_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    fail("not an ONNX model, or a truncated one");
  }
  if (!model_.has_graph() || model_.graph().node().empty()) {
    fail("not an ONNX model: it holds no graph");
  }
}

void OnnxGraph::check_operator_sets() const {
  for (const onnx::OperatorSetIdProto& set : model_.opset_import()) {
    if (!is_standard(set.domain())) continue;
    if (set.version() < kFirstOperatorSet) {
      fail(fmt::format("operator set {}; accepted: {} or later", set.version(), kFirstOperatorSet));
    }
    return;
  }
  fail("not a complete ONNX model: it names no standard operator set");
}

void OnnxGraph::read_initializers() {
  for (const onnx::TensorProto& proto : model_.graph().initializer()) {
    if (constants_.count(proto.name()) + unreadable_.count(proto.name()) != 0) {
      fail(fmt::format("two initializers are named \"{}\"", proto.name()));
    }
    try {
      constants_[proto.name()] = read_tensor(proto);
    } catch (const std::invalid_argument& error) {
      unreadable_[proto.name()] = error.what();
    }
  }
  for (const onnx::SparseTensorProto& proto : model_.graph().sparse_initializer()) {
    unreadable_[proto.values().name()] = "sparse";
  }
}

void OnnxGraph::find_input() {
  for (const onnx::ValueInfoProto& value : model_.graph().input()) {
    if (constants_.count(value.name()) + unreadable_.count(value.name()) != 0) continue;
    if (input_ != nullptr) {
      fail(fmt::format("its graph has several inputs (\"{}\", \"{}\"); accepted: one, the image",
                       input_->name(), value.name()));
    }
    input_ = &value;
  }
  if (input_ == nullptr) fail("its graph has no input; accepted: one, the image");
}

void OnnxGraph::read_nodes() {
  std::set<std::string> known = {input_->name(), ""};
  for (const auto& [name, tensor] : constants_) known.insert(name);
  for (const auto& [name, reason] : unreadable_) known.insert(name);
  int index = 0;
  for (const onnx::NodeProto& proto : model_.graph().node()) {
    nodes_.push_back(std::make_unique<OnnxNode>(proto, source_, index++));
    const OnnxNode& node = *nodes_.back();
    if (!is_standard(proto.domain())) {
      node.refuse(fmt::format("an operator of domain {}", proto.domain()),
                  "operators of the ONNX standard");
    }
    if (proto.output_size() == 0) node.refuse("it has no output", "at least one");
    for (const std::string& input : proto.input()) {
      if (known.count(input) == 0) {
        node.refuse(fmt::format("its input \"{}\" is not the output of an earlier node", input),
                    "nodes in the order of computation");
      }
    }
    for (const std::string& output : proto.output()) {
      if (!output.empty() && !known.insert(output).second) {
        node.refuse(fmt::format("another node has the output \"{}\" too", output),
                    "one for each tensor");
      }
    }
    fold_node(node);
  }
}

/// Folds the node into a constant if all its inputs are constant; else records it as a reader of
/// its inputs.
void OnnxGraph::fold_node(const OnnxNode& node) {
  std::vector<const Tensor*> inputs;
  std::string unreadable;
  bool constant = !node.proto().input().empty() || node.op() == "Constant";
  for (const std::string& input : node.proto().input()) {
    const auto found = constants_.find(input);
    const auto reason = unreadable_.find(input);
    inputs.push_back(found == constants_.end() ? nullptr : &found->second);
    if (reason != unreadable_.end()) unreadable = reason->second;
    constant =
        constant && (input.empty() || inputs.back() != nullptr || reason != unreadable_.end());
  }
  if (!constant) {
    for (const std::string& input : node.proto().input()) {
      if (!input.empty()) readers_[input].push_back(&node);
    }
    active_nodes_.push_back(&node);
    return;
  }
  try {
    if (!unreadable.empty()) throw std::invalid_argument(unreadable);
    if (!can_evaluate_constant(node)) {
      throw std::invalid_argument(fmt::format("computed by {} from constants", node.label()));
    }
    constants_[node.output()] = evaluate_constant(node, inputs);
  } catch (const std::invalid_argument& error) {
    unreadable_[node.output()] = error.what();
  }
}

const std::string& OnnxGraph::output() const { return model_.graph().output(0).name(); }

std::vector<std::int64_t> OnnxGraph::input_dims() const {
  if (!input_->type().has_tensor_type() || !input_->type().tensor_type().has_shape()) {
    fail(fmt::format("its input \"{}\" has no shape; accepted: N x channels x height x width",
                     input_->name()));
  }
  const onnx::TypeProto::Tensor& type = input_->type().tensor_type();
  if (type.elem_type() != onnx::TensorProto::FLOAT) {
    fail(fmt::format("its input \"{}\" is of type {}; accepted: FLOAT", input_->name(),
                     type_name(type.elem_type())));
  }
  std::vector<std::int64_t> dims;
  for (const auto& dim : type.shape().dim()) {
    dims.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  }
  return dims;
}

const std::vector<const OnnxNode*>& OnnxGraph::readers(const std::string& tensor) const {
  static const std::vector<const OnnxNode*> kNone;
  const auto found = readers_.find(tensor);
  return found == readers_.end() ? kNone : found->second;
}

void OnnxGraph::check_all_used() const {
  const auto check = [this](const std::string& tensor) {
    if (!readers(tensor).empty() || tensor == output()) return;
    fail(fmt::format("nothing uses the tensor \"{}\", and the graph's output is \"{}\"", tensor,
                     output()));
  };
  check(input());
  for (const OnnxNode* node : active_nodes_) check(node->output());
}

const Tensor& OnnxGraph::constant(const OnnxNode& node, int i, const std::string& what) const {
  const std::string& name = node.input(i);
  const auto found = constants_.find(name);
  if (found != constants_.end()) return found->second;
  const std::string accepted =
      fmt::format("an initializer or Constant, or what {} make of such", kConstantOperators);
  if (name.empty()) node.refuse(fmt::format("its input {} ({}) is left out", i, what), accepted);
  const auto reason = unreadable_.find(name);
  node.refuse(fmt::format("its input \"{}\" ({}) is {}", name, what,
                          reason == unreadable_.end() ? "not constant" : reason->second),
              accepted);
}

}  // namespace spikeloom::converter
