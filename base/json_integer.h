// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace spikeloom::base {

/// Returns a JSON value as a whole number of min..max. Throws std::invalid_argument, which says
/// what was found at `key`, for any other value: nlohmann::json itself converts fractions, NaN,
/// truth values and numbers that are out of range.
template <typename T, typename Json>
T json_integer(const Json& value, std::string_view key, T min = std::numeric_limits<T>::min(),
               T max = std::numeric_limits<T>::max()) {
  static_assert(std::is_integral_v<T>);
  if (value.is_number_unsigned()) {
    const auto number = value.template get<std::uint64_t>();
    const bool above = min <= 0 || number >= static_cast<std::uint64_t>(min);
    if (above && max >= 0 && number <= static_cast<std::uint64_t>(max)) {
      return static_cast<T>(number);
    }
  } else if (value.is_number_integer()) {
    const auto number = value.template get<std::int64_t>();  // below 0
    if (std::is_signed_v<T> && number >= static_cast<std::int64_t>(min) &&
        number <= static_cast<std::int64_t>(max)) {
      return static_cast<T>(number);
    }
  }
  std::string found = value.type_name();
  if (value.is_number_float()) found = fmt::format("{}", value.template get<double>());
  if (value.is_number_integer() || value.is_boolean()) found = value.dump();
  throw std::invalid_argument(
      fmt::format("{}: got {}, allowed {}..{} (a whole number)", key, found, min, max));
}

}  // namespace spikeloom::base
