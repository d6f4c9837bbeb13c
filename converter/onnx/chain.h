// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "spikeloom/converter/onnx/onnx_graph.h"

namespace spikeloom::converter {

/// A walk along a graph from a tensor on, as far as each tensor goes to one node alone and that
/// node takes no other one. Identity and Dropout, which does nothing in inference, are passed over.
class Chain {
 public:
  /// Notes the nodes that it passes in `taken`.
  Chain(const OnnxGraph& graph, const std::string& tensor, std::set<const OnnxNode*>& taken);
  /// From `first` on, which is taken from its input with others.
  Chain(const OnnxGraph& graph, const OnnxNode& first, std::set<const OnnxNode*>& taken);

  const OnnxGraph& graph() const { return graph_; }
  /// Where the walk is.
  const std::string& tensor() const { return tensor_; }
  /// The next node, or the one after it; null at the walk's end.
  const OnnxNode* peek() const { return next_; }
  const OnnxNode* peek_second() const;
  const OnnxNode& take();
  bool next_is(const std::string& op) const { return next_ != nullptr && next_->op() == op; }

  /// Whether the node passes its input on; refuses one that does so only in training.
  static bool passes(const OnnxGraph& graph, const OnnxNode& node);

  /// The constant of a two-operand node that the next activation goes into.
  const Tensor& operand(const OnnxNode& node) const;
  /// Input `i` of `node` as one finite number, of any type.
  static double scalar(const OnnxGraph& graph, const OnnxNode& node, int i,
                       const std::string& what);
  double scalar(const OnnxNode& node, int i, const std::string& what) const {
    return scalar(graph_, node, i, what);
  }
  /// Input `i` of `node` as finite float32 numbers.
  std::vector<float> floats(const OnnxNode& node, int i, const std::string& what) const;
  /// The same of a tensor.
  static std::vector<float> floats(const OnnxNode& node, const Tensor& tensor,
                                   const std::string& what);

 private:
  /// The only reader of `tensor`, if it reads nothing else; null otherwise.
  const OnnxNode* after(const std::string& tensor) const;
  void find_next();

  const OnnxGraph& graph_;
  std::string tensor_;
  std::set<const OnnxNode*>& taken_;
  const OnnxNode* next_ = nullptr;
};

}  // namespace spikeloom::converter
