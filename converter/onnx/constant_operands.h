// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/converter/onnx/onnx_node.h"
#include "spikeloom/converter/onnx/onnx_tensor.h"

namespace spikeloom::converter {

/// Elements that a constant may have which is computed from fewer.
inline constexpr std::int64_t kMaxGrownElements = std::int64_t{1} << 24;

/// Returns the number of elements of a constant that is computed from others of `inputs` elements
/// in all. Throws std::invalid_argument for more than these and than kMaxGrownElements, so that a
/// small file does not fill the memory.
std::size_t computed_elements(const Dims& dims, std::size_t inputs = 0);

/// Throws std::invalid_argument with `problem`, which completes a sentence after "is".
void require(bool condition, const char* problem);

/// A node whose inputs are constant, to be evaluated.
class ConstantOperands {
 public:
  /// `inputs` are null for omitted ones.
  ConstantOperands(const OnnxNode& node, const std::vector<const Tensor*>& inputs)
      : node_(node), inputs_(inputs) {}

  const OnnxNode& node() const { return node_; }
  int size() const { return static_cast<int>(inputs_.size()); }
  /// Returns input `i`, null if it is omitted.
  const Tensor* find(int i) const;
  /// Returns input `i`. Throws std::invalid_argument if it is omitted.
  const Tensor& at(int i) const;
  /// Returns input `i` as integers, as axes and shapes are given.
  std::vector<std::int64_t> integers(int i) const;
  /// Returns the axes of a Squeeze, Unsqueeze or reduction: attribute `axes`, or input 1 since a
  /// later version. None if neither is there.
  std::vector<std::int64_t> axes() const;

 private:
  const OnnxNode& node_;
  const std::vector<const Tensor*>& inputs_;
};

/// Returns a number of an integer tensor, limited to those that a double holds exactly. Throws
/// std::invalid_argument for the symbolic batch dimension, which is NaN in a shape.
std::int64_t to_integer(double value);

/// Stores `value` as number of `type`: rounded to a floating type. Throws std::invalid_argument if
/// an integer type does not have it.
double stored(int type, double value);

}  // namespace spikeloom::converter
