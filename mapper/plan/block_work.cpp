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

double expected_reads(const arch::CoreDescription& core) {
  switch (core.rows) {
    case arch::CrossbarRows::kAxons:
      return kExpectedRate;
    case arch::CrossbarRows::kDendrites:
      return 1.0;
  }
  return 1.0;
}

std::int64_t expected_cycles(const BlockWork& work, const arch::CoreDescription& core) {
  const arch::CoreTiming& timing = core.timing;
  const double integrate =
      static_cast<double>(work.scan_words) +
      expected_reads(core) * static_cast<double>(work.row_words) * timing.cycles_per_word;
  const double fire = static_cast<double>(work.dendrites * timing.gather_cycles_per_group +
                                          work.neurons * timing.compare_cycles) /
                      timing.neurons_per_cycle;
  const double emit =
      kExpectedRate * static_cast<double>(work.packets * timing.emit_cycles_per_packet);
  return std::llround(integrate + std::max(fire, emit));
}

}  // namespace spikeloom::mapper
