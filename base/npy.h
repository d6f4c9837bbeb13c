// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::base {

/// The header of a NumPy array file (.npy, format 1.0) of `type` ("<i4"), padded so that the data
/// begin at a multiple of 64.
std::string npy_header(const std::string& type, const std::vector<std::size_t>& shape);

/// An array of a .npy file.
struct NpyArray {
  std::string type;
  std::vector<std::size_t> shape;
  std::vector<std::uint8_t> data;

  std::size_t size() const;
};

/// Reads a whole .npy file, format 1.0 or 2.0, in C order. Throws std::invalid_argument with what
/// is wrong.
NpyArray parse_npy(const std::vector<std::uint8_t>& bytes);

}  // namespace spikeloom::base
