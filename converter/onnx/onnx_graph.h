// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "spikeloom/converter/onnx/onnx_node.h"
#include "spikeloom/converter/onnx/onnx_tensor.h"

namespace spikeloom::converter {

/// An ONNX model file as a graph from one input to one output. Nodes that do not lead to the output
/// are left out, with the inputs and initializers that only they read. Constants are folded, also
/// shapes that depend on no more than the batch dimension.
class OnnxGraph {
 public:
  /// Reads the file `path`, and the files beside it that hold its tensors. `output` names the
  /// output if the graph has several. Throws UserError if it is not an ONNX model with a
  /// well-formed graph.
  explicit OnnxGraph(const std::string& path, const std::string& output = "");
  OnnxGraph(const OnnxGraph&) = delete;
  OnnxGraph& operator=(const OnnxGraph&) = delete;

  const std::string& source() const { return source_; }
  const std::string& input() const { return input_->name(); }
  const std::string& output() const { return output_; }
  /// Returns the version of the standard operators.
  std::int64_t opset() const { return opset_; }
  /// Returns the dimensions of the input, with -1 for a symbolic one.
  Dims input_dims() const;
  /// Returns what was ignored in the file, a sentence each, to be reported.
  const std::vector<std::string>& notes() const { return notes_; }

  /// Returns the nodes that are not constant, in the order of computation.
  const std::vector<const OnnxNode*>& nodes() const { return active_nodes_; }
  /// Returns the nodes that read `tensor`; a node that reads it twice is listed twice.
  const std::vector<const OnnxNode*>& readers(const std::string& tensor) const;
  /// Returns the dimensions of `tensor`, with -1 for the symbolic batch dimension; std::nullopt if
  /// they are not known.
  std::optional<Dims> dims(const std::string& tensor) const;

  bool is_constant(const std::string& tensor) const { return constants_.count(tensor) != 0; }
  /// Returns input `i` of `node`, which must be constant; refuses any other. `what` names the input
  /// in messages.
  const Tensor& constant(const OnnxNode& node, int i, const std::string& what) const;

 private:
  [[noreturn]] void fail(const std::string& problem) const;
  void parse();
  void read_operator_sets();
  void choose_output(const std::string& output);
  void find_live_nodes();
  bool is_live(const onnx::NodeProto& node) const;
  void read_initializers();
  void find_input();
  void read_nodes();
  void read_node(onnx::NodeProto& proto, int index);
  void upgrade(const OnnxNode& node, onnx::NodeProto& proto);
  bool fold_shape(const OnnxNode& node);
  bool fold_node(const OnnxNode& node);
  void release(const OnnxNode& node);
  void check_memory(const OnnxNode& node) const;
  void replace_input(const OnnxNode& node, onnx::NodeProto& proto, int i, Tensor tensor);
  void resolve_target(const OnnxNode& node, onnx::NodeProto& proto);
  void infer(const OnnxNode& node);
  void check_declared(const OnnxNode& node, const Dims& dims) const;
  void check_output() const;
  void note_foreign_attributes();

  std::string source_;
  onnx::ModelProto model_;
  std::int64_t opset_ = 0;
  std::string output_;
  const onnx::ValueInfoProto* input_ = nullptr;
  std::set<std::string> live_;   ///< tensors that the output depends on
  std::set<std::string> known_;  ///< of these, those that nodes read so far have made
  std::vector<std::unique_ptr<OnnxNode>> nodes_;
  std::vector<const OnnxNode*> active_nodes_;
  std::map<std::string, std::vector<const OnnxNode*>> readers_;
  std::map<std::string, int> uses_;  ///< of a tensor by nodes that are not yet folded
  std::map<std::string, Tensor> constants_;
  std::size_t stored_elements_ = 0;              ///< of all constants that the file holds
  std::map<std::string, std::size_t> computed_;  ///< elements of constants computed from others
  /// Shapes with the symbolic batch dimension, which is NaN, and what nodes take out of them.
  std::map<std::string, Tensor> batch_shapes_;
  std::map<std::string, std::string> unreadable_;  ///< constants that cannot be used, and why
  std::map<std::string, Dims> dims_;               ///< of tensors that are not constant
  std::map<std::string, Dims> declared_;           ///< likewise, as the file gives them
  std::vector<std::string> notes_;
};

}  // namespace spikeloom::converter
