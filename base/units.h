// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spikeloom::base {

/// The physical dimensions that configuration files use.
enum class Unit { kHertz, kVolt, kJoule, kWatt, kSecond, kMetre };

/// The symbol of a unit without prefix, e.g. "Hz".
std::string_view symbol(Unit unit);

/// Reads "252 MHz" as 2.52e8: a number, blanks, an SI prefix (f p n u m k M G or none), the unit.
/// Returns nothing where `text` is anything else; the value is in the unit without prefix.
std::optional<double> parse_quantity(std::string_view text, Unit unit);

/// The inverse for messages: 2.52e8 Hz as "252 MHz".
std::string format_quantity(double value, Unit unit);

inline constexpr double kMilliPerUnit = 1e3;
inline constexpr double kPicoPerUnit = 1e12;
inline constexpr double kNanoPerUnit = 1e9;

inline constexpr double to_milli(double value) { return value * kMilliPerUnit; }
inline constexpr double from_pico(double value) { return value / kPicoPerUnit; }
inline constexpr double to_pico(double value) { return value * kPicoPerUnit; }

}  // namespace spikeloom::base
