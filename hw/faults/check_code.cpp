// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/faults/check_code.h"

#include <algorithm>

namespace spikeloom::hw {
namespace {

bool odd(std::size_t count) { return count % 2 != 0; }

bool power_of_two(int value) { return (value & (value - 1)) == 0; }

}  // namespace

CheckCode::CheckCode(arch::Protection protection, int data_bits)
    : protection_(protection),
      data_bits_(data_bits),
      check_bits_(arch::check_bits(protection, data_bits)) {
  if (protection != arch::Protection::kSecded) return;
  for (int at = 1; static_cast<int>(positions_.size()) < data_bits; ++at) {
    if (!power_of_two(at)) positions_.push_back(at);
  }
}

bool CheckCode::check_bit(int number, const std::vector<int>& ones) const {
  // The last check bit of the Hamming code is the parity of data and other check bits.
  if (protection_ != arch::Protection::kSecded) return odd(ones.size());
  if (number + 1 < check_bits_) {
    return odd(static_cast<std::size_t>(std::count_if(
        ones.begin(), ones.end(), [&](int bit) { return (position(bit) >> number & 1) != 0; })));
  }
  bool parity = odd(ones.size());
  for (int other = 0; other + 1 < check_bits_; ++other) parity ^= check_bit(other, ones);
  return parity;
}

ReadWord CheckCode::read(std::vector<int>& wrong_data, const std::vector<int>& wrong_checks) const {
  switch (protection_) {
    case arch::Protection::kNone:
      return ReadWord::kGood;
    case arch::Protection::kParity:
      return odd(wrong_data.size() + wrong_checks.size()) ? ReadWord::kDetected : ReadWord::kGood;
    case arch::Protection::kSecded:
      return decode(wrong_data, wrong_checks);
  }
  return ReadWord::kGood;
}

ReadWord CheckCode::decode(std::vector<int>& wrong_data,
                           const std::vector<int>& wrong_checks) const {
  int syndrome = 0;
  for (const int bit : wrong_data) syndrome ^= position(bit);
  for (const int bit : wrong_checks) {
    if (bit + 1 < check_bits_) syndrome ^= 1 << bit;
  }
  if (!odd(wrong_data.size() + wrong_checks.size())) {
    return syndrome == 0 ? ReadWord::kGood : ReadWord::kDetected;
  }
  // One bit is wrong, as far as the decoder knows: a check bit, a data bit, or one that is not
  // there.
  if (power_of_two(syndrome)) return ReadWord::kCorrected;
  const auto place = std::lower_bound(positions_.begin(), positions_.end(), syndrome);
  if (place == positions_.end()) return ReadWord::kDetected;
  const auto bit = static_cast<int>(place - positions_.begin());
  const auto known = std::find(wrong_data.begin(), wrong_data.end(), bit);
  if (known == wrong_data.end()) {
    wrong_data.push_back(bit);
  } else {
    wrong_data.erase(known);
  }
  return ReadWord::kCorrected;
}

}  // namespace spikeloom::hw
