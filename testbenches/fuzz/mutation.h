// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace spikeloom::fuzz {

using Bytes = std::vector<std::uint8_t>;

/// Random choices, the same for the same seed.
class Choices {
 public:
  explicit Choices(std::uint64_t seed) : random_(seed) {}

  /// Returns a number of 0..count - 1; 0 if there is none.
  std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }
  /// Whether one of `count` cases happens.
  bool one_in(std::size_t count) { return below(count) == 0; }
  std::uint64_t number() { return random_(); }
  /// Returns a number at which integers end or widths change, or a small one.
  std::int64_t integer();
  /// Likewise a real number, infinity or NaN.
  double real();
  template <typename List>
  const auto& of(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::mt19937_64 random_;
};

/// Changes some bytes: flips, overwrites, moves, cuts.
void mutate_bytes(Bytes& bytes, Choices& choices);

/// Changes values, and the number of items, of a JSON value with all in it.
void mutate_json(nlohmann::json& json, Choices& choices);

// Mutations of targets. They return false for an input without their structure.
bool mutate_cbor(Bytes& input, Choices& choices);
/// Changes words, and moves, doubles and removes lines.
bool mutate_text(Bytes& input, Choices& choices);
bool mutate_json_or_text(Bytes& input, Choices& choices);

}  // namespace spikeloom::fuzz
