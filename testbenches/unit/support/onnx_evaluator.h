// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

namespace spikeloom::test {

/// A tensor for one image; `dims` has no batch dimension.
struct Values {
  std::vector<int> dims;
  std::vector<double> data;
};

/// Evaluates an ONNX model node by node in doubles, as the standard defines the operators. A
/// conversion must give the same results. Supports the operators that the tests use, with float32
/// constants.
class OnnxEvaluator {
 public:
  explicit OnnxEvaluator(const onnx::GraphProto& graph) : graph_(graph) {}

  /// Returns all tensors by name. Throws std::invalid_argument for an unsupported operator.
  std::map<std::string, Values> run(const Values& image) const;

 private:
  const onnx::GraphProto& graph_;
};

}  // namespace spikeloom::test
