// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/base/units.h"
#include "spikeloom/explore/sweep/database.h"

namespace spikeloom::explore {

/// A number of a configuration file with an optional unit.
struct Number {
  double value = 0.0;  ///< in the unit without a prefix
  std::optional<base::Unit> unit;
  bool whole = false;  ///< written as an integer without a unit
  std::string suffix;  ///< prefix and unit as written: "mV"

  /// Returns nullopt if `text` is not a number.
  static std::optional<Number> parse(const std::string& text);
  /// Formats the number for a configuration file: the shortest text with 15 significant digits.
  std::string text() const;
};

/// Returns the table value of a configuration text: a number in the unit without a prefix, or the
/// text itself.
Value value_of(const std::string& text);

enum class Scale { kLinear, kLogarithmic };
constexpr std::string_view name(Scale value) {
  switch (value) {
    case Scale::kLinear:
      return "linear";
    case Scale::kLogarithmic:
      return "log";
  }
  return {};
}

/// A closed interval of values.
class ValueRange {
 public:
  /// `from` and `to` must have the same unit, and be positive for a logarithmic scale. With `whole`
  /// the values are rounded to integers.
  ValueRange(Number from, Number to, Scale scale, bool whole);

  /// Returns the value at a fraction 0..1 of the interval.
  std::string at(double range) const;
  /// Returns `count` evenly spaced values. Duplicates from rounding to integers are removed.
  std::vector<std::string> steps(std::size_t count) const;
  /// Returns the values from the start of the interval to its end in increments of `step`.
  std::vector<std::string> by(double step) const;

 private:
  Number number(double value) const;

  Number from_;
  Number to_;
  Scale scale_;
  bool whole_;
};

/// A dimension of a sweep: keys that vary together, each with its values.
class Axis {
 public:
  struct Key {
    std::string key;    ///< as for --set
    std::string where;  ///< position in the sweep file, for messages
    std::vector<std::string> values;
    std::vector<std::string>
        places;  ///< positions of the values in the sweep file, if they are listed
    std::optional<ValueRange> range;  ///< continuous range, instead of values

    /// Position of a value in the sweep file.
    const std::string& place(const std::string& value) const;
  };

  Axis(std::string name, std::vector<Key> keys);

  const std::string& name() const { return name_; }
  const std::vector<Key>& keys() const { return keys_; }
  /// Number of values; 0 for a continuous range.
  std::size_t size() const { return keys_.front().values.size(); }
  /// Returns the values of the keys at an index.
  std::vector<std::string> value(std::size_t index) const;
  /// Returns the values of the keys at a fraction of the axis, 0 <= share < 1.
  std::vector<std::string> at(double range) const;

 private:
  std::string name_;
  std::vector<Key> keys_;
};

}  // namespace spikeloom::explore
