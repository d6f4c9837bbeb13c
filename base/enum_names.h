// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace spikeloom::base {

// For enumerations with the values 0, 1, 2, ... that provide, in their namespace,
//
//     constexpr std::string_view name(Enum value)
//
// as a switch over all values without a default case, followed by the return of an empty name. The
// compiler warns if the switch lacks a value. The number of values, their tables and their parsing
// are derived from this function; nothing is counted by hand.

/// Returns the number of values of `Enum`.
template <typename Enum>
constexpr std::size_t value_count() {
  std::size_t count = 0;
  while (!name(static_cast<Enum>(count)).empty()) ++count;
  return count;
}

/// Returns all values in ascending order.
template <typename Enum>
constexpr std::array<Enum, value_count<Enum>()> all_values() {
  std::array<Enum, value_count<Enum>()> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<Enum>(i);
  return values;
}

/// Returns the names of all values, in the same order.
template <typename Enum>
constexpr std::array<std::string_view, value_count<Enum>()> all_names() {
  std::array<std::string_view, value_count<Enum>()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = name(static_cast<Enum>(i));
  return names;
}

/// Whether entry i of a table is that of value i, `member` being the entry's value. With a size of
/// value_count() none is missing.
template <typename Table, typename Entry, typename Enum>
constexpr bool in_order(const Table& table, Enum Entry::*member) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].*member != static_cast<Enum>(i)) return false;
  }
  return table.size() == value_count<Enum>();
}

/// The value of that name; nothing where there is none.
template <typename Enum>
constexpr std::optional<Enum> value_named(std::string_view text) {
  for (const Enum value : all_values<Enum>()) {
    if (name(value) == text) return value;
  }
  return std::nullopt;
}

}  // namespace spikeloom::base
