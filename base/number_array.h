// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spikeloom/base/npy.h"

namespace spikeloom::base {

// The types that NumberArray reads, for messages.
inline constexpr std::string_view kIntegerTypes =
    "uint8, uint16, uint32, uint64, int8, int16, int32, int64";
inline constexpr std::string_view kRealTypes = "float16, float32, float64";

/// Whether the elements are of one of kIntegerTypes.
bool has_integers(const NpyArray& array);

/// The elements of an array of numbers. Keeps a reference to the array's data.
class NumberArray {
 public:
  /// Throws std::invalid_argument for a type that is neither in kIntegerTypes nor in kRealTypes.
  explicit NumberArray(const NpyArray& array);

  /// Returns an element rounded to the nearest float, ties to even; infinity if it is too large.
  float real(std::size_t i) const { return real_(data_ + i * width_); }
  /// Returns an element of an array that has_integers; INT64_MAX for a larger uint64.
  std::int64_t integer(std::size_t i) const { return integer_(data_ + i * width_); }

 private:
  const std::uint8_t* data_;
  std::size_t width_;
  float (*real_)(const std::uint8_t*);
  std::int64_t (*integer_)(const std::uint8_t*);
};

}  // namespace spikeloom::base
