// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::converter {

/// Dimensions of a tensor, whose elements are in row-major order.
using Dims = std::vector<std::int64_t>;

/// Formats dimensions for messages: "16x3x5x5", or "a scalar" if there are none.
std::string format_dims(const Dims& dims);
/// Likewise with "N" for -1, the symbolic batch dimension.
std::string format_batch_dims(const Dims& dims);

/// Returns the number of elements. Throws std::invalid_argument for a negative dimension or more
/// than `limit` elements; the text completes a sentence after "is".
std::size_t element_count(const Dims& dims, std::int64_t limit = std::int64_t{1} << 31);

/// Returns how far apart the elements are along each axis.
std::vector<std::int64_t> strides_of(const Dims& dims);

/// Maps the elements of one tensor to positions in another one: a step along axis d of the first
/// moves by strides[d] in the second. Transposition, slicing and broadcasting are such maps.
class StridedIndex {
 public:
  StridedIndex(const Dims& dims, const std::vector<std::int64_t>& strides, std::int64_t offset = 0);

  std::size_t operator()(std::size_t element) const {
    std::int64_t position = offset_;
    for (const Axis& axis : axes_) {
      position += static_cast<std::int64_t>(element / axis.inner % axis.size) * axis.stride;
    }
    return static_cast<std::size_t>(position);
  }

 private:
  struct Axis {
    std::size_t inner;  ///< elements in one step along the axis
    std::size_t size;
    std::int64_t stride;
  };
  std::vector<Axis> axes_;  ///< without those of size 1, adjacent ones merged
  std::int64_t offset_;
};

/// Returns the dimensions that NumPy's broadcasting gives for two operands. Throws
/// std::invalid_argument if it gives none.
Dims broadcast_dims(const Dims& left, const Dims& right);

/// Maps the elements of a tensor of dimensions `to` to those of an operand of dimensions `from`
/// that is broadcast to it.
StridedIndex broadcast_index(const Dims& from, const Dims& to);

/// Returns `axis`, counted from the end if negative, as an index below `rank`. Throws
/// std::invalid_argument if it is out of range.
std::size_t normalized_axis(std::int64_t axis, std::size_t rank);

}  // namespace spikeloom::converter
