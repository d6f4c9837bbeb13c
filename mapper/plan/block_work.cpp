// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/block_work.h"

#include <algorithm>
#include <cmath>

namespace spikeloom::mapper {

BlockWork& BlockWork::operator+=(const BlockWork& other) {
  scan_words += other.scan_words;
  row_words += other.row_words;
  dendrites += other.dendrites;
  neurons += other.neurons;
  packets += other.packets;
  return *this;
}

std::int64_t expected_cycles(const BlockWork& work, const arch::CoreTiming& timing) {
  const double integrate =
      static_cast<double>(work.scan_words) + kExpectedRate * static_cast<double>(work.row_words);
  const double fire = static_cast<double>(work.dendrites * timing.gather_cycles_per_group +
                                          work.neurons * timing.compare_cycles) /
                      timing.neurons_per_cycle;
  const double emit =
      kExpectedRate * static_cast<double>(work.packets * timing.emit_cycles_per_packet);
  return std::llround(integrate + std::max(fire, emit));
}

}  // namespace spikeloom::mapper
