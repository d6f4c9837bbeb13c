// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/element_type.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

namespace spikeloom::converter {
namespace {

using onnx::TensorProto;

enum class NumberKind { kFloating, kSigned, kUnsigned, kBool, kUnread };

struct ElementTypeInfo {
  int number;
  std::string_view name;
  int bits;
  NumberKind kind;
};

constexpr std::array<ElementTypeInfo, 27> kElementTypes = {{
    {0, "UNDEFINED", 0, NumberKind::kUnread},       {1, "FLOAT", 32, NumberKind::kFloating},
    {2, "UINT8", 8, NumberKind::kUnsigned},         {3, "INT8", 8, NumberKind::kSigned},
    {4, "UINT16", 16, NumberKind::kUnsigned},       {5, "INT16", 16, NumberKind::kSigned},
    {6, "INT32", 32, NumberKind::kSigned},          {7, "INT64", 64, NumberKind::kSigned},
    {8, "STRING", 0, NumberKind::kUnread},          {9, "BOOL", 8, NumberKind::kBool},
    {10, "FLOAT16", 16, NumberKind::kFloating},     {11, "DOUBLE", 64, NumberKind::kFloating},
    {12, "UINT32", 32, NumberKind::kUnsigned},      {13, "UINT64", 64, NumberKind::kUnsigned},
    {14, "COMPLEX64", 0, NumberKind::kUnread},      {15, "COMPLEX128", 0, NumberKind::kUnread},
    {16, "BFLOAT16", 16, NumberKind::kFloating},    {17, "FLOAT8E4M3FN", 0, NumberKind::kUnread},
    {18, "FLOAT8E4M3FNUZ", 0, NumberKind::kUnread}, {19, "FLOAT8E5M2", 0, NumberKind::kUnread},
    {20, "FLOAT8E5M2FNUZ", 0, NumberKind::kUnread}, {kTypeUint4, "UINT4", 4, NumberKind::kUnsigned},
    {kTypeInt4, "INT4", 4, NumberKind::kSigned},    {23, "FLOAT4E2M1", 0, NumberKind::kUnread},
    {24, "FLOAT8E8M0", 0, NumberKind::kUnread},     {kTypeUint2, "UINT2", 2, NumberKind::kUnsigned},
    {kTypeInt2, "INT2", 2, NumberKind::kSigned},
}};

const ElementTypeInfo* find_type(int type) {
  const bool known = type >= 0 && type < static_cast<int>(kElementTypes.size());
  return known ? &kElementTypes[static_cast<std::size_t>(type)] : nullptr;
}

NumberKind kind_of(int type) {
  const ElementTypeInfo* found = find_type(type);
  return found == nullptr ? NumberKind::kUnread : found->kind;
}

/// Rounds to a binary floating-point format with `fraction_bits` bits after the point.
double round_to_format(double value, int fraction_bits, int min_exponent, double max) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent = 0;
  std::frexp(value, &exponent);
  const int last_place = std::max(exponent - 1, min_exponent) - fraction_bits;
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(value, -last_place)), last_place);
  return std::fabs(rounded) > max ? std::copysign(HUGE_VAL, value) : rounded;
}

}  // namespace

std::string type_name(int type) {
  const ElementTypeInfo* found = find_type(type);
  return found == nullptr ? fmt::format("number {}", type) : std::string(found->name);
}

int type_bits(int type) {
  const ElementTypeInfo* found = find_type(type);
  return found == nullptr ? 0 : found->bits;
}

bool is_floating(int type) { return kind_of(type) == NumberKind::kFloating; }

bool is_integer(int type) {
  return kind_of(type) == NumberKind::kSigned || kind_of(type) == NumberKind::kUnsigned;
}

std::pair<double, double> integer_range(int type) {
  constexpr int kDoubleBits = 53;
  const int bits = type_bits(type);
  switch (kind_of(type)) {
    case NumberKind::kBool:
      return {0, 1};
    case NumberKind::kUnsigned:
      return {0, std::ldexp(1.0, std::min(bits, kDoubleBits)) - 1};
    default: {
      const double limit = std::ldexp(1.0, std::min(bits - 1, kDoubleBits));
      return {-limit, limit - 1};
    }
  }
}

double round_to_type(int type, double value) {
  switch (type) {
    case TensorProto::FLOAT:
      return static_cast<double>(static_cast<float>(value));
    case TensorProto::FLOAT16:
      return round_to_format(value, 10, -14, 65504);
    case TensorProto::BFLOAT16:
      return round_to_format(value, 7, -126, std::ldexp(255.0, 120));
    default:
      return value;
  }
}

}  // namespace spikeloom::converter
