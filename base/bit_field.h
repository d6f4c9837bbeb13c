// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace spikeloom::base {

/// A bit field in a 64-bit word of a table or a packet. The same definition packs the word and is
/// printed in docs/registers.md.
struct BitField {
  std::string_view name;
  int shift;  ///< position of its lowest bit
  int bits;
  std::string_view meaning;
  int word = 0;  ///< index of the word that holds it, for entries of several words

  constexpr std::uint64_t mask() const { return (std::uint64_t{1} << bits) - 1; }
  constexpr std::uint64_t put(int value) const {
    return (static_cast<std::uint64_t>(static_cast<unsigned>(value)) & mask()) << shift;
  }
  constexpr int get(std::uint64_t bits_of_word) const {
    return static_cast<int>(bits_of_word >> shift & mask());
  }
};

/// Bits that tell `values` values apart.
constexpr int bits_for(int values) {
  int bits = 0;
  while (1 << bits < values) ++bits;
  return bits;
}

}  // namespace spikeloom::base
