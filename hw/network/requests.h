// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace spikeloom::hw {

/// Sets of a router's inputs, one for each of its outputs, side by side in a word.
template <unsigned kOutputs, unsigned kInputs>
class RequestFields {
 public:
  using Word = std::uint64_t;

  /// Returns the bits of `inputs` at `output`.
  static constexpr Word at(unsigned output, Word inputs = kAllInputs) {
    return inputs << output * kBits;
  }
  /// Returns the bits of `input` at each output of a set.
  static constexpr Word spread(unsigned outputs, unsigned input) {
    return kSpread[outputs] << input;
  }
  /// Returns the bits of `input` at all outputs.
  static constexpr Word column(unsigned input) { return spread((1U << kOutputs) - 1, input); }
  /// Returns the outputs that have a bit of `input`.
  static unsigned outputs(Word word, unsigned input) {
    unsigned result = 0;
    for (Word left = word & column(input); left != 0; left &= left - 1) {
      result |= 1U << first_output(left);
    }
    return result;
  }
  /// Returns the first output whose set is not empty; there must be one.
  static constexpr unsigned first_output(Word word) {
    return static_cast<unsigned>(__builtin_ctzll(word)) / kBits;
  }
  static constexpr unsigned inputs(Word word, unsigned output) {
    return static_cast<unsigned>(word >> output * kBits & kAllInputs);
  }

 private:
  static constexpr unsigned kBits = kInputs <= 8 ? 8 : kInputs;
  static constexpr Word kAllInputs = (Word{1} << kInputs) - 1;
  static_assert(kOutputs * kBits <= 64);

  /// [outputs]: the bits of input 0.
  static constexpr std::array<Word, 1U << kOutputs> kSpread = [] {
    std::array<Word, 1U << kOutputs> table{};
    for (unsigned outputs = 0; outputs < table.size(); ++outputs) {
      for (unsigned output = 0; output < kOutputs; ++output) {
        if ((outputs >> output & 1U) != 0) table[outputs] |= Word{1} << output * kBits;
      }
    }
    return table;
  }();
};

}  // namespace spikeloom::hw
