// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

namespace spikeloom::converter {

/// A constant of an ONNX graph: float32, int8, uint8, int32 or int64 numbers, each of which a
/// double holds exactly (of an int64 at least what a shape may be).
struct Tensor {
  int type = onnx::TensorProto::FLOAT;
  std::vector<std::int64_t> dims;
  std::vector<double> values;  ///< row-major

  bool is_float() const { return type == onnx::TensorProto::FLOAT; }
  bool is_scalar() const { return values.size() == 1; }
  int rank() const { return static_cast<int>(dims.size()); }
};

/// Throws std::invalid_argument, whose text goes after "is", for other types and broken tensors.
Tensor read_tensor(const onnx::TensorProto& proto);

/// The name of a TensorProto data type.
std::string type_name(int type);

/// "16x3x5x5", or "a scalar".
std::string format_dims(const std::vector<std::int64_t>& dims);

}  // namespace spikeloom::converter
