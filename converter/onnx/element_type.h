// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace spikeloom::converter {

// Element types are numbers of TensorProto.DataType. These are newer than the oldest onnx.proto
// that is supported.
inline constexpr int kTypeUint4 = 21;
inline constexpr int kTypeInt4 = 22;
inline constexpr int kTypeUint2 = 25;
inline constexpr int kTypeInt2 = 26;

/// Returns the name of an element type: "FLOAT", or "number 99" for an unknown one.
std::string type_name(int type);

/// Returns the bits of an element in raw data; 0 for a type whose tensors are not read.
int type_bits(int type);

/// Whether `type` is FLOAT16, BFLOAT16, FLOAT or DOUBLE.
bool is_floating(int type);

/// Whether `type` is a signed or unsigned integer of 2 to 64 bits.
bool is_integer(int type);

/// Returns the lowest and the highest number of an integer type or BOOL; of a 64-bit type those
/// between which a double holds every integer.
std::pair<double, double> integer_range(int type);

/// Returns the number of a floating type that is nearest to `value`, ties to even.
double round_to_type(int type, double value);

}  // namespace spikeloom::converter
