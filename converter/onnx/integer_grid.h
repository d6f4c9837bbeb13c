// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "spikeloom/converter/onnx/tensor_layout.h"

namespace spikeloom::converter {

/// The integers that a tensor's numbers stand for, as its quantizer made them: element i is
/// codes[i] * scale, without rounding.
struct IntegerGrid {
  std::vector<std::int32_t> codes;  ///< row-major, zero point subtracted
  std::vector<double> scales;       ///< positive; one for all, or one per index of `axis`
  int axis = 0;

  /// Returns the scale of each element of a tensor of these dimensions, or the only one.
  std::vector<double> element_scales(const Dims& dims) const;
};

/// Returns the grid with `codes` and with `scales`, one for all or one per element. Returns
/// std::nullopt if the scales differ along more than one axis or are not finite, or if there are no
/// elements. A scale that is negative or 0 changes the codes instead.
std::optional<IntegerGrid> make_grid(std::vector<std::int32_t> codes, std::vector<double> scales,
                                     const Dims& dims);

/// Returns `values` as integers; std::nullopt if one is not an integer of 32 bits.
std::optional<std::vector<std::int32_t>> to_codes(const std::vector<double>& values);

/// Return the product and the quotient if a double holds them exactly.
std::optional<double> exact_product(double left, double right);
std::optional<double> exact_quotient(double dividend, double divisor);

}  // namespace spikeloom::converter
