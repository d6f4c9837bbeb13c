// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/tensor_layout.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "spikeloom/base/list_text.h"

namespace spikeloom::converter {

std::string format_dims(const Dims& dims) {
  return dims.empty() ? "a scalar" : base::list_text(dims, "x");
}

std::string format_batch_dims(const Dims& dims) {
  std::string text;
  for (const std::int64_t dim : dims) {
    if (!text.empty()) text += 'x';
    text += dim == -1 ? "N" : std::to_string(dim);
  }
  return text.empty() ? format_dims(dims) : text;
}

std::size_t element_count(const Dims& dims, std::int64_t limit) {
  const bool empty = std::find(dims.begin(), dims.end(), 0) != dims.end();
  std::int64_t count = empty ? 0 : 1;
  for (const std::int64_t dim : dims) {
    if (dim < 0 || dim > limit || __builtin_mul_overflow(count, dim, &count) || count > limit) {
      throw std::invalid_argument(fmt::format("of impossible shape {}", format_dims(dims)));
    }
  }
  return static_cast<std::size_t>(count);
}

std::vector<std::int64_t> strides_of(const Dims& dims) {
  // The sizes beside a 0 may be too large to multiply.
  if (std::find(dims.begin(), dims.end(), 0) != dims.end()) return Dims(dims.size(), 0);
  std::vector<std::int64_t> strides(dims.size(), 1);
  for (std::size_t d = dims.size(); d-- > 1;) strides[d - 1] = strides[d] * dims[d];
  return strides;
}

StridedIndex::StridedIndex(const Dims& dims, const std::vector<std::int64_t>& strides,
                           std::int64_t offset)
    : offset_(offset) {
  std::size_t inner = 1;
  for (std::size_t d = dims.size(); d-- > 0;) {
    const auto size = static_cast<std::size_t>(dims[d]);
    if (size == 1) continue;
    const bool merges =
        !axes_.empty() &&
        strides[d] == axes_.back().stride * static_cast<std::int64_t>(axes_.back().size);
    if (merges) {
      axes_.back().size *= size;
    } else {
      axes_.push_back({inner, size, strides[d]});
    }
    inner *= size;
  }
}

Dims broadcast_dims(const Dims& left, const Dims& right) {
  Dims dims(std::max(left.size(), right.size()), 1);
  for (const Dims* operand : {&left, &right}) {
    const std::size_t missing = dims.size() - operand->size();
    for (std::size_t d = 0; d < operand->size(); ++d) {
      std::int64_t& dim = dims[missing + d];
      if (dim == 1) {
        dim = (*operand)[d];
      } else if ((*operand)[d] != 1 && (*operand)[d] != dim) {
        throw std::invalid_argument(fmt::format("computed from operands of the shapes {} and {}",
                                                format_dims(left), format_dims(right)));
      }
    }
  }
  return dims;
}

StridedIndex broadcast_index(const Dims& from, const Dims& to) {
  const std::vector<std::int64_t> own = strides_of(from);
  std::vector<std::int64_t> strides(to.size(), 0);
  const std::size_t missing = to.size() - from.size();
  for (std::size_t d = 0; d < from.size(); ++d) {
    if (from[d] != 1) strides[missing + d] = own[d];
  }
  return {to, strides};
}

std::size_t normalized_axis(std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    throw std::invalid_argument(
        fmt::format("computed along axis {} of a tensor with {} axes", axis, rank));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

}  // namespace spikeloom::converter
