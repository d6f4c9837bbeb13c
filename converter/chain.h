// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "converter/onnx_graph.h"

namespace spikeloom::converter {

/// A walk along the activations of a graph, from its input to its output. Identity and Dropout,
/// which does nothing in inference, are passed over.
class Chain {
 public:
  explicit Chain(const OnnxGraph& graph);

  const OnnxGraph& graph() const { return graph_; }
  /// The next node, or the one after it; null past the last.
  const OnnxNode* peek() const { return next_; }
  const OnnxNode* peek_second() const;
  const OnnxNode& take();
  bool next_is(const std::string& op) const { return next_ != nullptr && next_->op() == op; }

  /// The constant of a two-operand node that the next activation goes into.
  const Tensor& operand(const OnnxNode& node) const;
  /// Input `i` of `node` as one finite number, of any type.
  double scalar(const OnnxNode& node, int i, const std::string& what) const;
  /// Input `i` of `node` as finite float32 numbers.
  std::vector<float> floats(const OnnxNode& node, int i, const std::string& what) const;
  /// The same of a tensor.
  static std::vector<float> floats(const OnnxNode& node, const Tensor& tensor,
                                   const std::string& what);

 private:
  const OnnxNode* after(const std::string& tensor) const;

  const OnnxGraph& graph_;
  const OnnxNode* next_;
};

}  // namespace spikeloom::converter
