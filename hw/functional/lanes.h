// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::hw {

/// Number of images that are computed side by side, one bit for each.
inline constexpr std::size_t kLanes = 512;

/// A bit for each image of a batch: that of lane i is bit i % 64 of word i / 64.
struct alignas(64) Lanes {
  static constexpr std::size_t kWordBits = 64;
  static constexpr std::size_t kWords = kLanes / kWordBits;
  std::array<std::uint64_t, kWords> words{};

  /// Returns the lanes 0 .. count - 1.
  static Lanes first(std::size_t count);
  bool any() const;
  /// Returns the number of lanes that are set.
  std::uint32_t count() const;
};

/// The rows of some masks that are counted, as indices: those whose lanes count where they are set,
/// and those whose lanes count where they are not.
struct LaneRows {
  std::vector<std::uint32_t> set;
  std::vector<std::uint32_t> clear;

  std::size_t size() const { return set.size() + clear.size(); }
  void erase() {
    set.clear();
    clear.clear();
  }
};

/// An unsigned number for each lane, bit-sliced: bit s of lane i's number is lane i of slice s.
/// Numbers are added with carry-save adders, for all lanes at once. With vector instructions where
/// the processor has them, and the same result without.
class LaneNumbers {
 public:
  static constexpr int kBits = 40;

  /// Sets all numbers to 0.
  void erase() { bits_ = 0; }
  /// Adds to each number 2^shift for each row that counts in its lane.
  void add(const Lanes* masks, const LaneRows& rows, int shift);
  /// Returns the lanes whose number is at least `least`.
  Lanes reach(std::int64_t least) const;
  /// Adds the numbers of all lanes to `sums`.
  void add_to(std::array<std::uint64_t, kLanes>& sums) const;

 private:
  int bits_ = 0;  ///< slices in use
  std::array<Lanes, kBits> slices_;
};

/// Sums for each lane the weights of masks that come one by one.
class LaneSum {
 public:
  /// Adds `weight` to the sum of each lane of `mask`.
  void add(const Lanes& mask, std::uint32_t weight);
  /// Adds weights[i] to the sum of each lane of masks[rows[i]], for i < count.
  void add(const Lanes* masks, const std::uint32_t* rows, const std::uint16_t* weights,
           std::size_t count);
  /// Likewise with one weight for all rows.
  void add(const Lanes* masks, const std::uint32_t* rows, std::size_t count, std::uint32_t weight);
  /// Returns the sums, and sets them to 0.
  std::array<std::uint64_t, kLanes> take();

 private:
  static constexpr std::size_t kWaiting = 32;
  static constexpr std::size_t kWeightBits = 32;

  void flush(std::size_t bit);

  LaneNumbers numbers_;
  /// By bit of the weight: masks that are not in numbers_ yet.
  std::array<std::vector<Lanes>, kWeightBits> waiting_;
  LaneRows rows_;
};

/// Transposes a square of 64 x 64 bits: bit j of word i becomes bit i of word j.
void transpose(std::array<std::uint64_t, 64>& square);

}  // namespace spikeloom::hw
