// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/number_array.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <type_traits>

#include <fmt/format.h>

namespace spikeloom::base {
namespace {

/// A float16 (IEEE 754 binary16).
struct Half {
  std::uint16_t bits;

  explicit operator float() const {
    constexpr int kFractionBits = 10;
    constexpr int kBias = 15;
    constexpr int kMaxExponent = 31;
    const int exponent = bits >> kFractionBits & kMaxExponent;
    const int fraction = bits & ((1 << kFractionBits) - 1);
    const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
    if (exponent == kMaxExponent) {
      return fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                           : sign * std::numeric_limits<float>::infinity();
    }
    const int significand = exponent == 0 ? fraction : fraction | 1 << kFractionBits;
    const int power = std::max(exponent, 1) - kBias - kFractionBits;
    return sign * std::ldexp(static_cast<float>(significand), power);
  }
};

template <typename T>
T load(const std::uint8_t* from) {
  T value{};
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <typename T>
float to_real(const std::uint8_t* from) {
  return static_cast<float>(load<T>(from));
}

template <typename T>
std::int64_t to_integer(const std::uint8_t* from) {
  const T value = load<T>(from);
  if constexpr (std::is_same_v<T, std::uint64_t>) {
    if (value > INT64_MAX) return INT64_MAX;
  }
  return static_cast<std::int64_t>(value);
}

struct NumberType {
  std::string_view kind;  ///< NumPy type string without the byte order
  std::size_t width;
  float (*real)(const std::uint8_t*);
  std::int64_t (*integer)(const std::uint8_t*);  ///< null if it is not an integer type
};

template <typename T>
constexpr NumberType integer_type(std::string_view kind) {
  return {kind, sizeof(T), to_real<T>, to_integer<T>};
}

template <typename T>
constexpr NumberType real_type(std::string_view kind) {
  return {kind, sizeof(T), to_real<T>, nullptr};
}

constexpr std::array kNumberTypes = {integer_type<std::uint8_t>("u1"),
                                     integer_type<std::uint16_t>("u2"),
                                     integer_type<std::uint32_t>("u4"),
                                     integer_type<std::uint64_t>("u8"),
                                     integer_type<std::int8_t>("i1"),
                                     integer_type<std::int16_t>("i2"),
                                     integer_type<std::int32_t>("i4"),
                                     integer_type<std::int64_t>("i8"),
                                     real_type<Half>("f2"),
                                     real_type<float>("f4"),
                                     real_type<double>("f8")};

/// Returns null for a type that is not in the table.
const NumberType* find_type(const NpyArray& array) {
  const std::string_view kind = std::string_view(array.type).substr(1);
  const auto* const found = std::find_if(kNumberTypes.begin(), kNumberTypes.end(),
                                         [&](const NumberType& type) { return type.kind == kind; });
  return found == kNumberTypes.end() ? nullptr : found;
}

}  // namespace

bool has_integers(const NpyArray& array) {
  const NumberType* const type = find_type(array);
  return type != nullptr && type->integer != nullptr;
}

NumberArray::NumberArray(const NpyArray& array) : data_(array.data.data()) {
  const NumberType* const type = find_type(array);
  if (type == nullptr) {
    throw std::invalid_argument(
        fmt::format("got type {}, allowed {}, {}", array.type, kIntegerTypes, kRealTypes));
  }
  width_ = type->width;
  real_ = type->real;
  integer_ = type->integer;
}

}  // namespace spikeloom::base
