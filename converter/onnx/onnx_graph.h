// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "spikeloom/converter/onnx/onnx_node.h"
#include "spikeloom/converter/onnx/onnx_tensor.h"

namespace spikeloom::converter {

/// An ONNX model file as a graph with one input and one output, its constants computed. Every other
/// tensor is used.
class OnnxGraph {
 public:
  /// Throws UserError where `path` is no ONNX model with a sound graph.
  explicit OnnxGraph(const std::string& path);
  OnnxGraph(const OnnxGraph&) = delete;
  OnnxGraph& operator=(const OnnxGraph&) = delete;

  const std::string& source() const { return source_; }
  const std::string& input() const { return input_->name(); }
  const std::string& output() const;
  /// Dimensions of the input, -1 for one without a number.
  std::vector<std::int64_t> input_dims() const;

  /// Nodes that are not constant, in the order of computation.
  const std::vector<const OnnxNode*>& nodes() const { return active_nodes_; }
  /// The nodes that read `tensor`, each as often as it does.
  const std::vector<const OnnxNode*>& readers(const std::string& tensor) const;

  bool is_constant(const std::string& tensor) const { return constants_.count(tensor) != 0; }
  /// The constant input `i` of `node`; refuses what is none. `what` says what it is for.
  const Tensor& constant(const OnnxNode& node, int i, const std::string& what) const;

 private:
  [[noreturn]] void fail(const std::string& problem) const;
  void parse();
  void check_operator_sets() const;
  void read_initializers();
  void find_input();
  void read_nodes();
  void fold_node(const OnnxNode& node);
  void check_all_used() const;

  std::string source_;
  onnx::ModelProto model_;
  const onnx::ValueInfoProto* input_ = nullptr;
  std::vector<std::unique_ptr<OnnxNode>> nodes_;
  std::vector<const OnnxNode*> active_nodes_;
  std::map<std::string, std::vector<const OnnxNode*>> readers_;
  std::map<std::string, Tensor> constants_;
  std::map<std::string, std::string> unreadable_;  ///< constants that are not in constants_: why
};

}  // namespace spikeloom::converter
