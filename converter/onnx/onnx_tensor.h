// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "spikeloom/converter/onnx/integer_grid.h"

namespace spikeloom::converter {

/// A constant of an ONNX graph: float32, int8, uint8, int32 or int64 numbers. A double holds each
/// of them exactly (of int64 at least all numbers that occur in shapes).
struct Tensor {
  int type = onnx::TensorProto::FLOAT;
  std::vector<std::int64_t> dims;
  std::vector<double> values;  ///< row-major
  std::optional<IntegerGrid> grid;

  bool is_float() const { return type == onnx::TensorProto::FLOAT; }
  bool is_scalar() const { return values.size() == 1; }
  int rank() const { return static_cast<int>(dims.size()); }
};

/// Reads a tensor. Throws std::invalid_argument for other types and malformed tensors; the text
/// completes a sentence after "is".
Tensor read_tensor(const onnx::TensorProto& proto);

/// Returns the name of a TensorProto data type.
std::string type_name(int type);

/// Formats dimensions for messages: "16x3x5x5", or "a scalar" if there are none.
std::string format_dims(const std::vector<std::int64_t>& dims);

}  // namespace spikeloom::converter
