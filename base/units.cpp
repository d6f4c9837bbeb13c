// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/units.h"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace spikeloom::base {
namespace {

struct Prefix {
  std::string_view text;
  double factor;
};

constexpr std::array<Prefix, 9> kPrefixes = {{{"f", 1e-15},
                                              {"p", 1e-12},
                                              {"n", 1e-9},
                                              {"u", 1e-6},
                                              {"m", 1e-3},
                                              {"", 1.0},
                                              {"k", 1e3},
                                              {"M", 1e6},
                                              {"G", 1e9}}};

}  // namespace

std::string_view symbol(Unit unit) {
  switch (unit) {
    case Unit::kHertz:
      return "Hz";
    case Unit::kVolt:
      return "V";
    case Unit::kJoule:
      return "J";
    case Unit::kWatt:
      return "W";
    case Unit::kSecond:
      return "s";
    case Unit::kMetre:
      return "m";
    case Unit::kOperationsPerJoule:
      return "SOPS/W";
    case Unit::kOperationsPerSecond:
      return "SOPS";
  }
  return "";
}

std::optional<double> parse_quantity(std::string_view text, Unit unit) {
  double number = 0.0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
  std::string_view suffix(rest, static_cast<std::size_t>(end - rest));
  const std::size_t blank = suffix.find_first_not_of(' ');
  if (blank == 0 || blank == std::string_view::npos) return std::nullopt;
  suffix.remove_prefix(blank);
  for (const Prefix& prefix : kPrefixes) {
    if (suffix.size() == prefix.text.size() + symbol(unit).size() &&
        suffix.substr(0, prefix.text.size()) == prefix.text &&
        suffix.substr(prefix.text.size()) == symbol(unit)) {
      return number * prefix.factor;
    }
  }
  return std::nullopt;
}

std::string format_quantity(double value, Unit unit) {
  const Prefix* best = &kPrefixes[5];
  for (const Prefix& prefix : kPrefixes) {
    if (std::abs(value) >= prefix.factor * 0.999999) best = &prefix;
  }
  if (value == 0.0) best = &kPrefixes[5];
  return fmt::format("{:.6g} {}{}", value / best->factor, best->text, symbol(unit));
}

}  // namespace spikeloom::base
