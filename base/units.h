// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spikeloom::base {

/// Physical units used in configuration files.
enum class Unit {
  kHertz,
  kVolt,
  kJoule,
  kWatt,
  kSecond,
  kMetre,
  kOperationsPerJoule,
  kOperationsPerSecond
};

/// Returns the symbol of a unit without prefix, e.g. "Hz".
std::string_view symbol(Unit unit);

/// Parses a quantity: a number, spaces, an SI prefix (f p n u m k M G or none) and the unit, so
/// that "252 MHz" gives 2.52e8. The result is in the unit without prefix. Returns nullopt for any
/// other `text`.
std::optional<double> parse_quantity(std::string_view text, Unit unit);

/// Formats a value for messages: 2.52e8 Hz gives "252 MHz".
std::string format_quantity(double value, Unit unit);

inline constexpr double kMilliPerUnit = 1e3;
inline constexpr double kPicoPerUnit = 1e12;
inline constexpr double kNanoPerUnit = 1e9;

inline constexpr double to_milli(double value) { return value * kMilliPerUnit; }
inline constexpr double from_pico(double value) { return value / kPicoPerUnit; }
inline constexpr double to_pico(double value) { return value * kPicoPerUnit; }

}  // namespace spikeloom::base
