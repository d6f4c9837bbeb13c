// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::hw {

/// What reading a word of a protected memory gives.
enum class ReadWord {
  kGood,       ///< what is stored, right or wrong
  kCorrected,  ///< with one bit inverted
  kDetected,   ///< it is known to be wrong
};

/// The check bits of the words of a memory: a bit of parity, or an extended Hamming code (R. W.
/// Hamming, "Error detecting and error correcting codes", Bell System Technical Journal 29, 1950).
/// A reader of a word sees only which of its bits are wrong together: both codes are linear.
class CheckCode {
 public:
  CheckCode(arch::Protection protection, int data_bits);

  int data_bits() const { return data_bits_; }
  int check_bits() const { return check_bits_; }
  /// Returns check bit `number` of a word in which the data bits `ones` are 1.
  bool check_bit(int number, const std::vector<int>& ones) const;
  /// Reads a word in which the data bits `wrong_data` and the check bits `wrong_checks` are wrong.
  /// Inverts in `wrong_data` the data bit that a correction inverts, right or wrong.
  ReadWord read(std::vector<int>& wrong_data, const std::vector<int>& wrong_checks) const;

 private:
  /// Position of a data bit in the Hamming code: the positions that are no power of two.
  int position(int data) const { return positions_[static_cast<std::size_t>(data)]; }
  ReadWord decode(std::vector<int>& wrong_data, const std::vector<int>& wrong_checks) const;

  arch::Protection protection_;
  int data_bits_;
  int check_bits_;
  std::vector<int> positions_;  ///< empty without a Hamming code
};

}  // namespace spikeloom::hw
