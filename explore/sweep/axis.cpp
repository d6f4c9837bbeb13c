// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/axis.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace spikeloom::explore {
namespace {

constexpr std::array kUnits = {base::Unit::kHertz, base::Unit::kVolt,   base::Unit::kJoule,
                               base::Unit::kWatt,  base::Unit::kSecond, base::Unit::kMetre};

/// Tolerance, as a fraction of a step, for rounding of the last value.
constexpr double kSlack = 1e-9;

}  // namespace

std::optional<Number> Number::parse(const std::string& text) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && rest == end && std::isfinite(value)) {
    return Number{value, std::nullopt, text.find_first_of(".eE") == std::string::npos, {}};
  }
  const std::string_view behind(rest, static_cast<std::size_t>(end - rest));
  const std::size_t suffix = std::min(behind.find_first_not_of(' '), behind.size());
  for (const base::Unit unit : kUnits) {
    if (const auto quantity = base::parse_quantity(text, unit)) {
      return Number{*quantity, unit, false, std::string(behind.substr(suffix))};
    }
  }
  return std::nullopt;
}

std::string Number::text() const {
  if (!unit) return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.15g}", value);
  return fmt::format("{:.15g} {}", value / base::parse_quantity("1 " + suffix, *unit).value(),
                     suffix);
}

Value value_of(const std::string& text) {
  const auto number = Number::parse(text);
  if (!number) return text;
  if (number->whole) return static_cast<std::int64_t>(number->value);
  return number->value;
}

ValueRange::ValueRange(Number from, Number to, Scale scale, bool whole)
    : from_(std::move(from)), to_(std::move(to)), scale_(scale), whole_(whole) {}

Number ValueRange::number(double value) const {
  Number result = from_;
  result.whole = whole_;
  result.value = result.whole ? std::round(value) : value;
  return result;
}

std::string ValueRange::at(double range) const {
  double value = 0.0;
  switch (scale_) {
    case Scale::kLinear:
      value = from_.value + range * (to_.value - from_.value);
      break;
    case Scale::kLogarithmic:
      value = from_.value * std::pow(to_.value / from_.value, range);
      break;
  }
  return number(value).text();
}

std::vector<std::string> ValueRange::steps(std::size_t count) const {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < count; ++i) {
    std::string value =
        at(count == 1 ? 0.0 : static_cast<double>(i) / static_cast<double>(count - 1));
    if (values.empty() || values.back() != value) values.push_back(std::move(value));
  }
  return values;
}

std::vector<std::string> ValueRange::by(double step) const {
  std::vector<std::string> values;
  const double last = (to_.value - from_.value) / step;
  for (int i = 0; i <= last + kSlack; ++i) {
    values.push_back(number(from_.value + i * step).text());
  }
  return values;
}

const std::string& Axis::Key::place(const std::string& value) const {
  const auto found = std::find(values.begin(), values.end(), value);
  const auto index = static_cast<std::size_t>(found - values.begin());
  return index < places.size() ? places[index] : where;
}

Axis::Axis(std::string name, std::vector<Key> keys)
    : name_(std::move(name)), keys_(std::move(keys)) {}

std::vector<std::string> Axis::value(std::size_t index) const {
  std::vector<std::string> texts;
  for (const Key& key : keys_) texts.push_back(key.values[index]);
  return texts;
}

std::vector<std::string> Axis::at(double range) const {
  if (size() > 0) {
    const auto index = static_cast<std::size_t>(range * static_cast<double>(size()));
    return value(std::min(index, size() - 1));
  }
  std::vector<std::string> texts;
  for (const Key& key : keys_) texts.push_back(key.range->at(range));
  return texts;
}

}  // namespace spikeloom::explore
