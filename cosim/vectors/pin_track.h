// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::cosim {

/// A column of a vector file: the value of a pin.
struct Pin {
  std::string name;
  int bits = 1;            ///< 1..64
  std::uint64_t idle = 0;  ///< value where nothing else is set
};

/// The values of pins by cycle, as a file for $readmemh. A line holds a number of cycles and the
/// values of all pins in these cycles; the next line begins where any pin changes.
class PinTrack {
 public:
  /// Bits of the number of cycles, the first column of a line.
  static constexpr int kCountBits = 32;

  explicit PinTrack(std::vector<Pin> pins) : pins_(std::move(pins)) {}

  const std::vector<Pin>& pins() const { return pins_; }
  /// Returns the bits of a line: each column is a whole number of hexadecimal digits.
  int bits() const;
  /// Returns the position of a pin's lowest bit in a line, of the number of cycles for
  /// pins().size().
  int lowest_bit(std::size_t pin) const;

  // In any order of cycles. A pin has either values or intervals.
  /// The pin has `value` from `cycle` on. Of several values for a cycle, the last one holds.
  void set(std::size_t pin, std::int64_t cycle, std::uint64_t value);
  /// The pin is the opposite of its idle value in the cycles begin .. end - 1. Intervals may
  /// overlap; a pin of several bits has their number in a cycle.
  void mark(std::size_t pin, std::int64_t begin, std::int64_t end);

  /// One line of the file.
  struct Line {
    std::uint32_t cycles = 0;
    std::vector<std::uint64_t> values;  ///< by pin
  };
  /// Returns the lines of the cycles 0 .. end - 1.
  std::vector<Line> lines(std::int64_t end) const;
  /// Returns `lines` as the text of a file, in which `title` is a comment.
  std::string text(const std::vector<Line>& lines, const std::string& title) const;

 private:
  struct Change {
    std::int64_t cycle;
    std::size_t pin;
    std::int64_t value;  ///< new value, or what is added to the number of intervals
    bool interval;
  };

  std::vector<Pin> pins_;
  std::vector<Change> changes_;
};

/// Returns the hexadecimal digits of a column of `bits` bits.
constexpr int hex_digits(int bits) { return (bits + 3) / 4; }

}  // namespace spikeloom::cosim
