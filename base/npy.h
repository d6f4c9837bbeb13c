// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::base {

/// Returns the header of a NumPy array file (.npy, format 1.0) with elements of `type` (such as
/// "<i4"), padded so that the data start at a multiple of 64 bytes.
std::string npy_header(const std::string& type, const std::vector<std::size_t>& shape);

/// An array, as in a .npy file.
struct NpyArray {
  std::string type;  ///< NumPy type string, little-endian or of one byte: "<i4", "|u1"
  std::vector<std::size_t> shape;
  std::vector<std::uint8_t> data;  ///< elements in C order

  /// Number of elements.
  std::size_t size() const;
  /// Formats the shape: "10000 x 28 x 28".
  std::string shape_text() const;
};

/// Parses the bytes of a .npy file, format 1.0 or 2.0, of either byte order, in C or Fortran order.
/// Throws std::invalid_argument, whose text says what is wrong.
NpyArray parse_npy(std::vector<std::uint8_t> bytes);

/// Reverses the bytes of each element of `width` bytes.
void swap_bytes(std::vector<std::uint8_t>& data, std::size_t width);

}  // namespace spikeloom::base
