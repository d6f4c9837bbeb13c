// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/onnx_graph.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/list_text.h"
#include "spikeloom/converter/onnx/constant_folding.h"
#include "spikeloom/converter/onnx/constant_operands.h"
#include "spikeloom/converter/onnx/fold_layout.h"
#include "spikeloom/converter/onnx/operator_attributes.h"
#include "spikeloom/converter/onnx/operator_domain.h"
#include "spikeloom/converter/onnx/operator_set_6.h"
#include "spikeloom/converter/onnx/shape_inference.h"

namespace spikeloom::converter {
namespace {

constexpr std::int64_t kFirstOperatorSet = 6;  ///< since then Reshape takes its shape as an input
constexpr std::int64_t kLastOperatorSet = 25;  ///< of ONNX 1.20; later ones may change operators
constexpr std::int64_t kMaxTensorSize = (std::int64_t{1} << 31) - 1;
constexpr const char* kFromBatch = "computed from the symbolic batch dimension";

std::string quoted(const std::string& name) { return fmt::format("\"{}\"", name); }

Dims declared_dims(const onnx::ValueInfoProto& value) {
  Dims dims;
  for (const auto& dim : value.type().tensor_type().shape().dim()) {
    dims.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  }
  return dims;
}

/// Returns the elements of a tensor for one image, at most kMaxTensorSize + 1.
std::int64_t size_for_one_image(const Dims& dims) {
  std::int64_t size = 1;
  for (const std::int64_t dim : dims) {
    if (dim == 0) return 0;
    if (dim > kMaxTensorSize / size) return kMaxTensorSize + 1;
    size *= std::max<std::int64_t>(dim, 1);
  }
  return size;
}

}  // namespace

OnnxGraph::OnnxGraph(const std::string& path, const std::string& output) : source_(path) {
  parse();
  read_operator_sets();
  choose_output(output);
  find_live_nodes();
  read_initializers();
  find_input();
  read_nodes();
  check_output();
  note_foreign_attributes();
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

void OnnxGraph::read_operator_sets() {
  for (const onnx::OperatorSetIdProto& set : model_.opset_import()) {
    if (known_domain(set.domain()) != kStandardDomain) continue;
    opset_ = set.version();
    if (opset_ < kFirstOperatorSet || opset_ > kLastOperatorSet) {
      fail(fmt::format("operator set {}; accepted: {}..{}", opset_, kFirstOperatorSet,
                       kLastOperatorSet));
    }
    return;
  }
  fail("not a complete ONNX model: it names no standard operator set");
}

void OnnxGraph::choose_output(const std::string& output) {
  std::vector<std::string> names;
  for (const onnx::ValueInfoProto& value : model_.graph().output()) names.push_back(value.name());
  std::vector<std::string> list;
  std::transform(names.begin(), names.end(), std::back_inserter(list), quoted);
  if (names.empty()) fail("its graph has no output; accepted: one, the class scores");
  if (!output.empty()) {
    if (std::find(names.begin(), names.end(), output) == names.end()) {
      fail(fmt::format("its graph has no output \"{}\"; accepted: {}", output,
                       base::list_text(list, ", ")));
    }
    output_ = output;
    return;
  }
  if (names.size() > 1) {
    fail(
        fmt::format("its graph has {} outputs ({}); accepted: one, the class scores, chosen by "
                    "--scores NAME",
                    names.size(), base::list_text(list, ", ")));
  }
  output_ = names.front();
}

void OnnxGraph::find_live_nodes() {
  live_ = {output_};
  const auto& nodes = model_.graph().node();
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    if (is_live(*node)) live_.insert(node->input().begin(), node->input().end());
    live_.erase("");  // an omitted input
  }
}

bool OnnxGraph::is_live(const onnx::NodeProto& node) const {
  return std::any_of(node.output().begin(), node.output().end(),
                     [this](const std::string& name) { return live_.count(name) != 0; });
}

void OnnxGraph::read_initializers() {
  const std::filesystem::path directory = std::filesystem::path(source_).parent_path();
  for (const onnx::TensorProto& proto : model_.graph().initializer()) {
    if (live_.count(proto.name()) == 0) continue;
    if (constants_.count(proto.name()) + unreadable_.count(proto.name()) != 0) {
      fail(fmt::format("two initializers are named \"{}\"", proto.name()));
    }
    try {
      constants_[proto.name()] = read_tensor(proto, directory);
      stored_elements_ += constants_[proto.name()].values.size();
    } catch (const std::invalid_argument& error) {
      unreadable_[proto.name()] = error.what();
    }
  }
  for (const onnx::SparseTensorProto& proto : model_.graph().sparse_initializer()) {
    const std::string& name = proto.values().name();
    if (live_.count(name) != 0) unreadable_[name] = "sparse";
  }
}

void OnnxGraph::find_input() {
  const onnx::ValueInfoProto* unused = nullptr;
  for (const onnx::ValueInfoProto& value : model_.graph().input()) {
    if (constants_.count(value.name()) + unreadable_.count(value.name()) != 0) continue;
    if (live_.count(value.name()) == 0) {
      unused = &value;
      continue;
    }
    if (input_ != nullptr) {
      fail(fmt::format("its graph has several inputs (\"{}\", \"{}\"); accepted: one, the image",
                       input_->name(), value.name()));
    }
    input_ = &value;
  }
  if (input_ == nullptr) input_ = unused;
  if (input_ == nullptr) fail("its graph has no input; accepted: one, the image");
}

void OnnxGraph::read_nodes() {
  known_ = {input(), ""};
  for (const auto& [name, tensor] : constants_) known_.insert(name);
  for (const auto& [name, reason] : unreadable_) known_.insert(name);
  Dims dims = declared_dims(*input_);
  const bool batch_only = std::none_of(dims.begin() + (dims.empty() ? 0 : 1), dims.end(),
                                       [](std::int64_t dim) { return dim < 0; });
  if (input_->type().tensor_type().has_shape() && batch_only &&
      size_for_one_image(dims) <= kMaxTensorSize) {
    dims_[input()] = std::move(dims);
  }
  for (const auto* values : {&model_.graph().value_info(), &model_.graph().output()}) {
    for (const onnx::ValueInfoProto& value : *values) {
      const bool shaped = value.type().has_tensor_type() && value.type().tensor_type().has_shape();
      if (shaped) declared_[value.name()] = declared_dims(value);
    }
  }
  for (const onnx::NodeProto& proto : model_.graph().node()) {
    if (!is_live(proto)) continue;
    for (const std::string& tensor : proto.input()) ++uses_[tensor];
  }
  int index = 0;
  for (onnx::NodeProto& proto : *model_.mutable_graph()->mutable_node()) {
    if (is_live(proto)) read_node(proto, index);
    ++index;
  }
}

void OnnxGraph::read_node(onnx::NodeProto& proto, int index) {
  nodes_.push_back(std::make_unique<OnnxNode>(proto, source_, index));
  const OnnxNode& node = *nodes_.back();
  if (!known_domain(proto.domain())) {
    node.refuse(fmt::format("an operator of domain {}", proto.domain()),
                fmt::format("operators of the ONNX standard, of QONNX ({}, onnx.brevitas, "
                            "finn.custom_op.general) and of {}",
                            kQonnxDomain, kMicrosoftDomain));
  }
  for (const std::string& input : proto.input()) {
    if (known_.count(input) == 0) {
      node.refuse(fmt::format("its input \"{}\" is not the output of an earlier node", input),
                  "nodes in the order of computation");
    }
  }
  for (const std::string& output : proto.output()) {
    if (!output.empty() && !known_.insert(output).second) {
      node.refuse(fmt::format("another node has the output \"{}\" too", output),
                  "one for each tensor");
    }
  }
  if (node.output().empty() && can_evaluate_constant(node)) {
    node.refuse("its output has no name", "a name");
  }
  if (opset_ == 6 && node.domain() == kStandardDomain) upgrade(node, proto);
  if (fold_shape(node) || fold_node(node)) return;
  resolve_target(node, proto);
  for (const std::string& input : proto.input()) {
    if (!input.empty()) readers_[input].push_back(&node);
  }
  active_nodes_.push_back(&node);
  infer(node);
}

void OnnxGraph::upgrade(const OnnxNode& node, onnx::NodeProto& proto) {
  const auto target = upgrade_from_operator_set_6(node, proto, dims(node.input(0)),
                                                  dims(node.input(1)), is_constant(node.input(1)));
  if (target) replace_input(node, proto, 1, reshaped(constants_.at(node.input(1)), *target));
}

/// Gives `node` a constant of its own as input `i`.
void OnnxGraph::replace_input(const OnnxNode& node, onnx::NodeProto& proto, int i, Tensor tensor) {
  std::string name = fmt::format("{} for {}", node.input(i), node.name());
  while (!known_.insert(name).second) name += '\'';
  constants_[name] = std::move(tensor);
  proto.set_input(i, name);
}

/// Folds a Shape of a tensor that is not constant. Returns whether `node` is one.
bool OnnxGraph::fold_shape(const OnnxNode& node) {
  const std::string& input = node.input(0);
  const bool constant = constants_.count(input) + batch_shapes_.count(input) != 0;
  if (node.op() != "Shape" || node.domain() != kStandardDomain || constant) return false;
  const auto found = dims_.find(input);
  if (found == dims_.end()) {
    unreadable_[node.output()] = fmt::format("the shape of \"{}\", which is not known", input);
    return true;
  }
  Tensor shape = shape_tensor(node, found->second);
  const bool batch = std::any_of(shape.values.begin(), shape.values.end(),
                                 [](double value) { return std::isnan(value); });
  if (!batch) set_integer_grid(shape);
  (batch ? batch_shapes_ : constants_)[node.output()] = std::move(shape);
  return true;
}

/// Folds the node into a constant if all its inputs are constant. Returns whether they are.
bool OnnxGraph::fold_node(const OnnxNode& node) {
  std::vector<const Tensor*> inputs;
  std::string unreadable;
  bool batch = false;
  if (node.proto().input().empty() && node.op() != "Constant") return false;
  for (const std::string& input : node.proto().input()) {
    const auto constant = constants_.find(input);
    const auto shape = batch_shapes_.find(input);
    const auto reason = unreadable_.find(input);
    if (constant != constants_.end()) {
      inputs.push_back(&constant->second);
    } else if (shape != batch_shapes_.end()) {
      inputs.push_back(&shape->second);
      batch = true;
    } else {
      if (reason != unreadable_.end()) {
        unreadable = reason->second;
      } else if (!input.empty()) {
        return false;
      }
      inputs.push_back(nullptr);
    }
  }
  try {
    if (!unreadable.empty()) throw std::invalid_argument(unreadable);
    if (!can_evaluate_constant(node)) {
      throw std::invalid_argument(fmt::format("computed by {} from constants", node.label()));
    }
    if (batch && !moves_integers(node)) {
      throw std::invalid_argument(fmt::format("{} by {}", kFromBatch, node.label()));
    }
    Tensor result = evaluate_constant(node, inputs);
    batch = std::any_of(result.values.begin(), result.values.end(), [&result](double value) {
      return std::isnan(value) && !is_floating(result.type);
    });
    computed_[node.output()] = result.values.size();
    (batch ? batch_shapes_ : constants_)[node.output()] = std::move(result);
    release(node);
    check_memory(node);
  } catch (const std::invalid_argument& error) {
    unreadable_[node.output()] = error.what();
  }
  return true;
}

/// Drops the constants that nothing but the folded node reads.
void OnnxGraph::release(const OnnxNode& node) {
  for (const std::string& tensor : node.proto().input()) {
    if (--uses_[tensor] != 0 || tensor == output_) continue;
    constants_.erase(tensor);
    computed_.erase(tensor);
  }
}

/// Refuses constants that are computed from few and that fill the memory together.
void OnnxGraph::check_memory(const OnnxNode& node) const {
  const auto own = computed_.find(node.output());
  constexpr std::size_t kFewElements = std::size_t{1} << 20;
  if (own == computed_.end() || own->second < kFewElements) return;
  const std::size_t allowed =
      std::max(static_cast<std::size_t>(kMaxGrownElements), 4 * stored_elements_);
  std::size_t elements = 0;
  for (const auto& [name, count] : computed_) elements += count;
  if (elements <= allowed) return;
  node.refuse(fmt::format("with it, constants that are computed hold {} numbers", elements),
              fmt::format("at most {}", allowed));
}

/// If the target of a Reshape depends on the batch dimension, gives the node a constant one, in
/// which -1 is the batch.
void OnnxGraph::resolve_target(const OnnxNode& node, onnx::NodeProto& proto) {
  const auto found = batch_shapes_.find(node.input(1));
  if (node.op() != "Reshape" || node.domain() != kStandardDomain || found == batch_shapes_.end()) {
    return;
  }
  const auto inputs =
      KnownInputs{[&](int i) { return dims(node.input(i)); }, [&](int) { return &found->second; }};
  const std::optional<Dims> result = infer_dims(node, inputs);
  if (!result || std::count(result->begin(), result->end(), -1) != 1) {
    node.refuse(fmt::format("its input \"{}\" (shape) is {}", node.input(1), kFromBatch),
                "the batch as one dimension, and the others known");
  }
  Tensor target;
  target.type = onnx::TensorProto::INT64;
  target.dims = {static_cast<std::int64_t>(result->size())};
  target.values.assign(result->begin(), result->end());
  set_integer_grid(target);
  replace_input(node, proto, 1, std::move(target));
}

void OnnxGraph::infer(const OnnxNode& node) {
  const auto constant = [&](int i) -> const Tensor* {
    const auto found = constants_.find(node.input(i));
    return found == constants_.end() ? nullptr : &found->second;
  };
  const auto result = infer_dims(node, {[&](int i) { return dims(node.input(i)); }, constant});
  if (!result) return;
  if (size_for_one_image(*result) > kMaxTensorSize) {
    node.refuse(fmt::format("its output has the shape {}", format_batch_dims(*result)),
                fmt::format("at most {} numbers", kMaxTensorSize));
  }
  check_declared(node, *result);
  dims_[node.output()] = *result;
}

/// Refuses a shape that the file gives for the output, in `value_info` or as the graph's output, if
/// it is another one. The batch may differ: images are computed one by one.
void OnnxGraph::check_declared(const OnnxNode& node, const Dims& dims) const {
  const auto found = declared_.find(node.output());
  if (found == declared_.end()) return;
  const Dims& declared = found->second;
  bool same = declared.size() == dims.size();
  for (std::size_t d = 1; same && d < dims.size(); ++d) {
    same = declared[d] <= 0 || dims[d] < 0 || declared[d] == dims[d];
  }
  if (same) return;
  node.refuse(fmt::format("its output \"{}\" has the shape {}, but the file declares {}",
                          node.output(), format_batch_dims(dims), format_batch_dims(declared)),
              "the shape that follows from its inputs, or none");
}

void OnnxGraph::check_output() const {
  if (output_ == input() || known_.count(output_) == 0) {
    fail(fmt::format("its output \"{}\" is not the output of a node", output_));
  }
  const bool constant =
      constants_.count(output_) + batch_shapes_.count(output_) + unreadable_.count(output_) != 0;
  if (constant) {
    fail(
        fmt::format("its output \"{}\" is constant; accepted: class scores of the image", output_));
  }
}

void OnnxGraph::note_foreign_attributes() {
  std::vector<std::string> names;
  int nodes = 0;
  for (const auto& node : nodes_) {
    bool any = false;
    for (const onnx::AttributeProto& attribute : node->proto().attribute()) {
      if (!is_foreign_attribute(node->domain(), node->op(), attribute.name())) continue;
      any = true;
      if (std::find(names.begin(), names.end(), attribute.name()) == names.end()) {
        names.push_back(attribute.name());
      }
    }
    nodes += any ? 1 : 0;
  }
  if (nodes == 0) return;
  notes_.push_back(fmt::format("ignored attributes that ONNX does not define: {} ({} node{})",
                               base::list_text(names, ", "), nodes, nodes == 1 ? "" : "s"));
}

Dims OnnxGraph::input_dims() const {
  if (!input_->type().has_tensor_type() || !input_->type().tensor_type().has_shape()) {
    fail(fmt::format("its input \"{}\" has no shape; accepted: N x channels x height x width",
                     input_->name()));
  }
  const onnx::TypeProto::Tensor& type = input_->type().tensor_type();
  if (type.elem_type() != onnx::TensorProto::FLOAT) {
    fail(fmt::format("its input \"{}\" is of type {}; accepted: FLOAT", input_->name(),
                     type_name(type.elem_type())));
  }
  return declared_dims(*input_);
}

const std::vector<const OnnxNode*>& OnnxGraph::readers(const std::string& tensor) const {
  static const std::vector<const OnnxNode*> kNone;
  const auto found = readers_.find(tensor);
  return found == readers_.end() ? kNone : found->second;
}

std::optional<Dims> OnnxGraph::dims(const std::string& tensor) const {
  const auto constant = constants_.find(tensor);
  if (constant != constants_.end()) return constant->second.dims;
  const auto found = dims_.find(tensor);
  return found == dims_.end() ? std::nullopt : std::optional<Dims>(found->second);
}

const Tensor& OnnxGraph::constant(const OnnxNode& node, int i, const std::string& what) const {
  const std::string& name = node.input(i);
  const auto found = constants_.find(name);
  if (found != constants_.end()) return found->second;
  const std::string accepted =
      "an initializer or Constant, or what operators of arithmetic, layout and quantization "
      "make of such";
  if (name.empty()) node.refuse(fmt::format("its input {} ({}) is left out", i, what), accepted);
  const auto reason = unreadable_.find(name);
  std::string problem = "not constant";
  if (reason != unreadable_.end()) problem = reason->second;
  if (batch_shapes_.count(name) != 0) problem = kFromBatch;
  node.refuse(fmt::format("its input \"{}\" ({}) is {}", name, what, problem), accepted);
}

}  // namespace spikeloom::converter
