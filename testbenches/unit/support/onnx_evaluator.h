// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <onnx/onnx_pb.h>

namespace spikeloom::test {

/// A number of 320 bits: sums and products of float32 numbers and small integers are exact, and
/// quotients and roots are near enough to tell ties.
using Real = boost::multiprecision::number<
    boost::multiprecision::cpp_bin_float<320, boost::multiprecision::digit_base_2>,
    boost::multiprecision::et_off>;

/// A tensor for one image.
struct Values {
  std::vector<int> dims;  ///< without the batch dimension, except for constants
  std::vector<Real> data;
  bool is_constant = false;
  bool is_image = false;  ///< computed from the image element by element: in float32
};

/// Evaluates an ONNX model node by node, as the standard defines the operators: in real numbers,
/// without rounding errors. Only what is done to the image before its quantizer or the first layer
/// is computed in float32. A conversion must give the same results. Supports the operators that the
/// tests use.
class OnnxEvaluator {
 public:
  /// `exact` holds constants by name that the model has rounded to float32.
  explicit OnnxEvaluator(const onnx::GraphProto& graph,
                         std::map<std::string, std::vector<Real>> exact = {})
      : graph_(graph), exact_(std::move(exact)) {}

  /// Returns all tensors by name. Throws std::invalid_argument for an unsupported operator.
  std::map<std::string, Values> run(const std::vector<double>& image) const;

 private:
  const onnx::GraphProto& graph_;
  std::map<std::string, std::vector<Real>> exact_;
};

}  // namespace spikeloom::test
