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

/// A number of a configuration file, with its unit where it has one.
struct Number {
  double value = 0.0;  ///< in the unit without prefix
  std::optional<base::Unit> unit;
  bool whole = false;  ///< written as a whole number without unit
  std::string suffix;  ///< prefix and unit as they were written: "mV"

  /// Nothing where `text` is no number.
  static std::optional<Number> parse(const std::string& text);
  /// As a configuration file has it, with six digits.
  std::string text() const;
};

/// What a configuration's text is in tables: a number, in the unit without prefix, or the text.
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

/// Values from one number to another, both included.
class ValueRange {
 public:
  /// `to` has the unit of `from`; both are above 0 where logarithmic.
  ValueRange(Number from, Number to, Scale scale);

  /// The value at a share of the way, 0..1. Between whole numbers, the nearest one.
  std::string at(double range) const;
  /// `count` of them, evenly; of whole numbers each once.
  std::vector<std::string> steps(std::size_t count) const;
  /// From the first on by `step`, as far as they go.
  std::vector<std::string> by(double step) const;

 private:
  Number number(double value) const;

  Number from_;
  Number to_;
  Scale scale_;
};

/// A dimension of a sweep: keys that step together, each with its values.
class Axis {
 public:
  struct Key {
    std::string key;    ///< as in --set
    std::string where;  ///< in the sweep file
    std::vector<std::string> values;
    std::vector<std::string> places;  ///< of the values, where they are listed
    std::optional<ValueRange> range;  ///< in place of values: any between

    /// Where a value stands.
    const std::string& place(const std::string& value) const;
  };

  Axis(std::string name, std::vector<Key> keys);

  const std::string& name() const { return name_; }
  const std::vector<Key>& keys() const { return keys_; }
  /// Number of values; 0 where they are any of a range.
  std::size_t size() const { return keys_.front().values.size(); }
  /// A value for each key.
  std::vector<std::string> value(std::size_t index) const;
  /// Those at a share of the way, at least 0 and below 1.
  std::vector<std::string> at(double range) const;

 private:
  std::string name_;
  std::vector<Key> keys_;
};

}  // namespace spikeloom::explore
