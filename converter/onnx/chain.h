// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "spikeloom/converter/onnx/onnx_graph.h"

namespace spikeloom::converter {

/// A walk along a graph that starts at a tensor and goes on while each tensor is read by one node
/// only and that node reads no other activation. Nodes that change nothing in inference
/// (is_pass_through) are skipped.
class Chain {
 public:
  /// Starts at `tensor`. Adds each node that it passes to `taken`.
  Chain(const OnnxGraph& graph, const std::string& tensor, std::set<const OnnxNode*>& taken);
  /// Starts with the node `first`, which need not be the only reader of its input.
  Chain(const OnnxGraph& graph, const OnnxNode& first, std::set<const OnnxNode*>& taken);

  const OnnxGraph& graph() const { return graph_; }
  /// The tensor that the walk has reached.
  const std::string& tensor() const { return tensor_; }
  /// Returns the next node without taking it; null at the end of the walk.
  const OnnxNode* peek() const { return next_; }
  /// Returns the node after the next one; null if the walk ends before it.
  const OnnxNode* peek_second() const;
  /// Takes the next node, which must exist, and moves on to its output.
  const OnnxNode& take();
  bool next_is(const std::string& op) const { return next_ != nullptr && next_->op() == op; }

  /// Whether `node` has an operator that passes on its input unchanged in inference. Refuses it in
  /// a form that changes the input.
  static bool is_pass_through(const OnnxGraph& graph, const OnnxNode& node);

  /// Returns the constant operand of `node`, which has two operands, one of them an activation.
  const Tensor& operand(const OnnxNode& node) const;
  /// Returns input `i` of `node` as one finite number, of any type; refuses anything else. `what`
  /// names the input in messages.
  static double scalar(const OnnxGraph& graph, const OnnxNode& node, int i,
                       const std::string& what);
  double scalar(const OnnxNode& node, int i, const std::string& what) const {
    return scalar(graph_, node, i, what);
  }
  /// Returns input `i` of `node` as finite float32 numbers; refuses anything else.
  std::vector<float> floats(const OnnxNode& node, int i, const std::string& what) const;
  /// Likewise for a tensor.
  static std::vector<float> floats(const OnnxNode& node, const Tensor& tensor,
                                   const std::string& what);

 private:
  /// Returns the only reader of `tensor` if it reads no other activation, else null.
  const OnnxNode* after(const std::string& tensor) const;
  void find_next();

  const OnnxGraph& graph_;
  std::string tensor_;
  std::set<const OnnxNode*>& taken_;
  const OnnxNode* next_ = nullptr;
};

}  // namespace spikeloom::converter
