// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/hw/faults/chance.h"
#include "spikeloom/hw/faults/check_code.h"
#include "spikeloom/hw/faults/hardware_faults.h"

namespace spikeloom::hw {

/// Applies faults to the memory of loaded cores: afterwards it holds what the core reads.
class MemoryFaults {
 public:
  /// Keeps references to both.
  MemoryFaults(const arch::ChipDescription& chip, const HardwareFaults& faults);

  bool any_of_synapses() const;
  bool any_of_neurons() const;

  /// Changes a plane of core `core`: the words of region kPlusPlane or kMinusPlane.
  void change_plane(int core, arch::CoreRegion plane, std::vector<std::uint64_t>& words);
  /// Changes the threshold table of core `core`, which has these neurons.
  void change_thresholds(int core, const std::vector<arch::NeuronEntry>& neurons,
                         std::vector<std::int32_t>& thresholds);

  const FaultCounts& counts() const { return counts_; }

 private:
  /// A bit of a plane.
  struct Cell {
    int axon;
    int column;
  };
  /// What the faults do to 64 bits: value & keep | set, then inverted.
  struct Masks {
    std::uint64_t stuck_at_0;
    std::uint64_t stuck_at_1;
    std::uint64_t flip;
    /// Returns the bits that differ from `value`.
    std::uint64_t wrong(std::uint64_t value) const {
      return (((value & ~stuck_at_0) | stuck_at_1) ^ flip) ^ value;
    }
    bool any() const { return (stuck_at_0 | stuck_at_1 | flip) != 0; }
  };

  Masks draw(std::uint64_t seed, std::uint64_t index) const;
  /// Inverts the bits that the core reads wrongly.
  void invert(const std::vector<Cell>& wrong, std::vector<std::uint64_t>& words);
  /// Returns which bits are read wrongly if these are wrong in the memory.
  std::vector<Cell> through_code(const std::vector<Cell>& wrong,
                                 const std::vector<std::uint64_t>& words, std::uint64_t seed);

  // A plane is an array of words of the memory, which lie along its rows: of axons, or of
  // dendrites.
  std::size_t word_of(const Cell& cell) const;
  int bit_of(const Cell& cell) const;
  Cell cell_of(std::size_t word, int bit) const;
  /// Returns the place in its row of a word's first bit.
  int first_place(std::size_t word) const;
  /// Bits of a memory word that the plane has: fewer in the last word of a row.
  int bits_in(std::size_t word) const;
  bool bit(const std::vector<std::uint64_t>& words, const Cell& cell) const;

  const arch::ChipDescription& chip_;
  const HardwareFaults& faults_;
  ChanceMask stuck_at_0_;
  ChanceMask stuck_at_1_;
  ChanceMask flip_;
  CheckCode code_;
  std::size_t stride_;  ///< words of the bus in a row of a plane
  bool of_axons_;       ///< whether the rows of the memory are those of axons
  int rows_;
  int row_length_;
  std::size_t words_of_row_;
  FaultCounts counts_;
};

}  // namespace spikeloom::hw
