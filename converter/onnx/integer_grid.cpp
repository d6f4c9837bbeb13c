// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/integer_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spikeloom::converter {
namespace {

/// Above it the error of a product is no less than the smallest double, so that std::fma gives it
/// exactly.
constexpr double kSmallestProduct = 0x1p-960;

bool is_exact(double product) {
  return std::isfinite(product) && std::fabs(product) >= kSmallestProduct;
}

/// Sets `slot` to `scale` unless one of them is 0, which stands for any scale. Returns whether they
/// agree.
bool merge_scale(double& slot, double scale) {
  if (slot == 0) slot = scale;
  return scale == 0 || scale == slot;
}

/// Returns the scale of all elements, if they have one.
std::optional<double> common_scale(const std::vector<double>& scales) {
  double common = 0;
  for (const double scale : scales) {
    if (!merge_scale(common, scale)) return std::nullopt;
  }
  return common == 0 ? 1 : common;
}

/// Returns the scales by index of an axis, if that axis alone determines them.
std::optional<std::vector<double>> scales_along(std::size_t axis, const std::vector<double>& scales,
                                                const Dims& dims) {
  const auto inner = static_cast<std::size_t>(strides_of(dims)[axis]);
  std::vector<double> along(static_cast<std::size_t>(dims[axis]), 0);
  for (std::size_t i = 0; i < scales.size(); ++i) {
    if (!merge_scale(along[i / inner % along.size()], scales[i])) return std::nullopt;
  }
  for (double& scale : along) scale = scale == 0 ? 1 : scale;
  return along;
}

}  // namespace

std::vector<double> IntegerGrid::element_scales(const Dims& dims) const {
  if (scales.size() == 1) return {scales.front()};
  const auto inner = static_cast<std::size_t>(strides_of(dims)[static_cast<std::size_t>(axis)]);
  std::vector<double> result(codes.size());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = scales[i / inner % scales.size()];
  return result;
}

std::optional<IntegerGrid> make_grid(std::vector<std::int32_t> codes, std::vector<double> scales,
                                     const Dims& dims) {
  if (codes.empty()) return std::nullopt;
  if (scales.size() == 1 && scales.front() > 0 && std::isfinite(scales.front())) {
    return IntegerGrid{std::move(codes), std::move(scales), 0};
  }
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const double scale = scales[scales.size() == 1 ? 0 : i];
    if (!std::isfinite(scale)) return std::nullopt;
    if (scale < 0 && codes[i] == std::numeric_limits<std::int32_t>::min()) return std::nullopt;
    if (scale <= 0) codes[i] = scale < 0 ? -codes[i] : 0;
  }
  for (double& scale : scales) scale = std::fabs(scale);
  if (const auto common = common_scale(scales)) {
    return IntegerGrid{std::move(codes), {*common}, 0};
  }
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (auto along = scales_along(axis, scales, dims)) {
      return IntegerGrid{std::move(codes), *std::move(along), static_cast<int>(axis)};
    }
  }
  return std::nullopt;
}

std::optional<std::vector<std::int32_t>> to_codes(const std::vector<double>& values) {
  std::vector<std::int32_t> codes(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i];
    if (!(value >= std::numeric_limits<std::int32_t>::min() &&
          value <= std::numeric_limits<std::int32_t>::max())) {
      return std::nullopt;
    }
    const auto code = static_cast<std::int32_t>(value);
    if (static_cast<double>(code) != value) return std::nullopt;
    codes[i] = code;
  }
  return codes;
}

std::optional<double> exact_product(double left, double right) {
  const double product = left * right;
  if (left == 0 || right == 0) return product == 0 ? std::optional<double>(0) : std::nullopt;
  if (!is_exact(product) || std::fma(left, right, -product) != 0) return std::nullopt;
  return product;
}

std::optional<double> exact_quotient(double dividend, double divisor) {
  if (divisor == 0 || !std::isfinite(divisor)) return std::nullopt;
  const double quotient = dividend / divisor;
  if (dividend == 0) return 0;
  if (!is_exact(quotient) || exact_product(quotient, divisor) != dividend) return std::nullopt;
  return quotient;
}

}  // namespace spikeloom::converter
