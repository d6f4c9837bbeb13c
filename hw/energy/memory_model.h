// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "spikeloom/hw/energy/memory_description.h"

namespace spikeloom::hw {

/// What a memory holds.
struct MemorySize {
  std::int64_t words;
  std::int64_t bits;  ///< of a word: what an access reads at once
  int ports = 1;
};

/// How the cells of a memory lie: equal banks one above the other, of which an access uses one. A
/// row of a bank holds columns / bits words, one of which its multiplexers select.
struct MemoryArray {
  std::int64_t rows;  ///< in all banks together
  std::int64_t columns;
  std::int64_t banks;
};

/// Returns the array of a memory: as few words in a row as give at most `max_rows` rows, as long as
/// the row has at most `max_columns` columns; what is taller still is cut into banks.
MemoryArray memory_array(const MemoryDescription& description, const MemorySize& size);

/// One memory of a technology, an SRAM or, where that is smaller, a register file. Energies and
/// leakage are at the reference voltage of the technology file. docs/energy.md has the formulas and
/// how well they agree with published memories.
class MemoryModel {
 public:
  /// `register_um2` is the area of a flip-flop. A memory of 0 words costs nothing.
  MemoryModel(const MemoryDescription& description, double register_um2, const MemorySize& size);

  /// Returns the energy of a read of a whole word, in joules.
  double read() const { return access(size_.bits, description_.bit.value); }
  /// Returns the energy of a write of `bits` bits of a word; the others are masked.
  double write(std::int64_t bits) const {
    return access(bits, description_.bit.value + description_.written_bit.value);
  }
  /// Leakage in watts.
  double leakage() const;
  /// Area in square micrometres.
  double area() const;
  bool is_register_file() const { return register_file_; }

 private:
  /// Area of a cell over that of a cell with one port.
  double port_factor() const { return 1.0 + description_.port_area.value * (size_.ports - 1); }
  double sram_area() const;
  double register_area() const;
  /// Energy of an access of `bits` bits; `bit` joules each in an SRAM.
  double access(std::int64_t bits, double bit) const;
  /// Mean energy of a bit on its way between its bank and the first one.
  double between_banks() const;

  MemoryDescription description_;
  double register_um2_;
  MemorySize size_;
  MemoryArray array_;
  bool register_file_;
};

}  // namespace spikeloom::hw
