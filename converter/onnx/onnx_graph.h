// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "spikeloom/converter/onnx/onnx_node.h"
#include "spikeloom/converter/onnx/onnx_tensor.h"

namespace spikeloom::converter {

/// An ONNX model file as a graph with one input and one output. Constants are folded; every other
/// tensor is used.
class OnnxGraph {
 public:
  /// Reads the file `path`. Throws UserError if it is not an ONNX model with a well-formed graph.
  explicit OnnxGraph(const std::string& path);
  OnnxGraph(const OnnxGraph&) = delete;
  OnnxGraph& operator=(const OnnxGraph&) = delete;

  const std::string& source() const { return source_; }
  const std::string& input() const { return input_->name(); }
  const std::string& output() const;
  /// Returns the dimensions of the input, with -1 for a symbolic one.
  std::vector<std::int64_t> input_dims() const;

  /// Returns the nodes that are not constant, in the order of computation.
  const std::vector<const OnnxNode*>& nodes() const { return active_nodes_; }
  /// Returns the nodes that read `tensor`; a node that reads it twice is listed twice.
  const std::vector<const OnnxNode*>& readers(const std::string& tensor) const;

  bool is_constant(const std::string& tensor) const { return constants_.count(tensor) != 0; }
  /// Returns input `i` of `node`, which must be constant; refuses any other. `what` names the input
  /// in messages.
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
  std::map<std::string, std::string> unreadable_;  ///< constants that cannot be used, and why
};

}  // namespace spikeloom::converter
