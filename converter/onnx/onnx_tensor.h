// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "spikeloom/converter/onnx/element_type.h"
#include "spikeloom/converter/onnx/integer_grid.h"
#include "spikeloom/converter/onnx/tensor_layout.h"

namespace spikeloom::converter {

/// A constant of an ONNX graph: numbers of a floating type, integers or BOOL. A double holds each
/// of them exactly, but 64-bit integers only up to 2^53.
struct Tensor {
  int type = onnx::TensorProto::FLOAT;
  Dims dims;
  std::vector<double> values;  ///< row-major, as the operators compute them
  /// The integers that the numbers stand for: set for integers and BOOL (scale 1) and for what a
  /// quantizer made; kept while every operation on them is exact. The values may differ from it by
  /// rounding.
  std::optional<IntegerGrid> grid;

  bool is_float() const { return type == onnx::TensorProto::FLOAT; }
  bool is_scalar() const { return values.size() == 1; }
  int rank() const { return static_cast<int>(dims.size()); }
};

/// Reads a tensor of a model in `directory`, which data outside the model file belong into. Throws
/// std::invalid_argument for other types and malformed tensors; the text completes a sentence after
/// "is".
Tensor read_tensor(const onnx::TensorProto& proto, const std::filesystem::path& directory);

/// Gives a tensor of integers or BOOL its grid of scale 1, if its numbers fit.
void set_integer_grid(Tensor& tensor);

}  // namespace spikeloom::converter
