// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

namespace spikeloom::test {

/// A tensor of one image: dims without the batch.
struct Values {
  std::vector<int> dims;
  std::vector<double> data;
};

/// Computes an ONNX model node by node in doubles, as its standard defines the operators: what a
/// conversion has to equal. Knows the operators that the tests write, with float32 constants.
class OnnxEvaluator {
 public:
  explicit OnnxEvaluator(const onnx::GraphProto& graph) : graph_(graph) {}

  /// All tensors by name. Throws std::invalid_argument for an operator that it does not know.
  std::map<std::string, Values> run(const Values& image) const;

 private:
  const onnx::GraphProto& graph_;
};

}  // namespace spikeloom::test
