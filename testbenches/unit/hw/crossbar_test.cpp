// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/crossbar.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "spikeloom/arch/address_map.h"

namespace {

using spikeloom::arch::CoreDescription;
using spikeloom::arch::CoreRegion;
using spikeloom::arch::plane_row_bytes;
using spikeloom::arch::region_bytes;
using spikeloom::arch::Synapse;
using spikeloom::hw::Crossbar;
using spikeloom::hw::MemoryBytes;

CoreDescription core_of(int axons, int ternary_dendrites, Synapse synapse) {
  CoreDescription core{};
  core.axons = axons;
  core.dendrites = synapse == Synapse::kTernary ? ternary_dendrites : 2 * ternary_dendrites;
  core.synapse = synapse;
  return core;
}

/// The planes of a crossbar, as the bus writes them.
class Planes {
 public:
  explicit Planes(const CoreDescription& core)
      : core_(core),
        plus_(region_bytes(core, CoreRegion::kPlusPlane)),
        minus_(region_bytes(core, CoreRegion::kMinusPlane)) {}

  void set_row(int axon, const std::vector<std::uint8_t>& plus,
               const std::vector<std::uint8_t>& minus) {
    const std::uint64_t at = static_cast<std::uint64_t>(axon) * plane_row_bytes(core_);
    std::copy(plus.begin(), plus.end(), plus_.writable() + at);
    if (minus_.size() != 0) std::copy(minus.begin(), minus.end(), minus_.writable() + at);
  }
  Crossbar load() const { return {core_, plus_, minus_}; }

 private:
  CoreDescription core_;
  MemoryBytes plus_;
  MemoryBytes minus_;
};

/// Weights as plain integers, and their encoding in bus words.
class NaiveCrossbar {
 public:
  NaiveCrossbar(const CoreDescription& core, std::mt19937& random)
      : core_(core),
        dendrites_(core.ternary_dendrites()),
        weights_(static_cast<std::size_t>(core.axons) * static_cast<std::size_t>(dendrites_)) {
    std::uniform_int_distribution<int> weight(-1, 1);
    for (int& w : weights_) w = weight(random);
  }

  int weight(int axon, int dendrite) const {
    return weights_[static_cast<std::size_t>(axon * dendrites_ + dendrite)];
  }

  std::vector<std::int32_t> sums(const std::vector<int>& rows, int first, int count) const {
    std::vector<std::int32_t> result(static_cast<std::size_t>(count));
    for (const int row : rows) {
      for (int i = 0; i < count; ++i) {
        result[static_cast<std::size_t>(i)] += weight(row, first + i);
      }
    }
    return result;
  }

  Crossbar load(bool garbage_in_padding) const {
    Planes planes(core_);
    for (int axon = 0; axon < core_.axons; ++axon) {
      const auto bytes = static_cast<std::size_t>(plane_row_bytes(core_));
      const std::uint8_t fill = garbage_in_padding ? 0xff : 0;
      std::vector<std::uint8_t> plus(bytes, fill);
      std::vector<std::uint8_t> minus(bytes, fill);
      for (int d = 0; d < dendrites_; ++d) {
        const int w = weight(axon, d);
        if (core_.synapse == Synapse::kTernary) {
          set(plus, d, w > 0);
          set(minus, d, w < 0);
        } else {
          set(plus, 2 * d, w > 0);
          set(plus, 2 * d + 1, w < 0);
        }
      }
      planes.set_row(axon, plus, minus);
    }
    return planes.load();
  }

 private:
  static void set(std::vector<std::uint8_t>& plane, int bit, bool value) {
    std::uint8_t& byte = plane[static_cast<std::size_t>(bit / 8)];
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    byte = static_cast<std::uint8_t>(value ? byte | mask : byte & ~mask);
  }

  CoreDescription core_;
  int dendrites_;
  std::vector<int> weights_;
};

class CrossbarShapes : public testing::TestWithParam<Synapse> {};

TEST_P(CrossbarShapes, SumsAgreeWithTheNaiveOnesForRandomShapes) {
  for (unsigned seed = 0; seed < 120; ++seed) {
    std::mt19937 random(seed);
    const auto between = [&](int minimum, int maximum) {
      return std::uniform_int_distribution<int>(minimum, maximum)(random);
    };
    // Small widths, widths around multiples of a vector, and arbitrary widths.
    const int dendrites = seed % 3 == 0   ? between(1, 70)
                          : seed % 3 == 1 ? std::max(1, 64 * between(1, 17) + between(-1, 1))
                                          : between(1, 1100);
    const int axons = between(1, seed % 4 == 0 ? 2000 : 120);
    SCOPED_TRACE(testing::Message() << "seed " << seed << ": " << axons << " x " << dendrites);
    const CoreDescription core = core_of(axons, dendrites, GetParam());
    const NaiveCrossbar naive(core, random);
    const Crossbar crossbar = naive.load(seed % 2 == 0);
    for (int trial = 0; trial < 12; ++trial) {
      const int first = between(0, dendrites - 1);
      const int count = between(1, dendrites - first);
      std::vector<int> rows(static_cast<std::size_t>(axons));
      std::iota(rows.begin(), rows.end(), 0);
      std::shuffle(rows.begin(), rows.end(), random);
      rows.resize(static_cast<std::size_t>(trial == 0 ? axons : between(0, axons)));
      // Guards on both sides: only the requested range may be written.
      std::vector<std::int32_t> sums(static_cast<std::size_t>(count) + 2, 0);
      sums.front() = sums.back() = 12345;
      crossbar.accumulate(rows, first, count, sums.data() + 1);
      EXPECT_EQ(sums.front(), 12345);
      EXPECT_EQ(sums.back(), 12345);
      const std::vector<std::int32_t> got(sums.begin() + 1, sums.end() - 1);
      ASSERT_EQ(got, naive.sums(rows, first, count)) << first << " + " << count;
    }
  }
}

TEST_P(CrossbarShapes, NonzerosAndWeightsAreThoseLoaded) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    const int dendrites = std::uniform_int_distribution<int>(1, 300)(random);
    const CoreDescription core = core_of(30, dendrites, GetParam());
    const NaiveCrossbar naive(core, random);
    const Crossbar crossbar = naive.load(true);
    for (int axon = 0; axon < core.axons; ++axon) {
      for (int d = 0; d < dendrites; ++d)
        ASSERT_EQ(crossbar.weight(axon, d), naive.weight(axon, d));
      const int first = std::uniform_int_distribution<int>(0, dendrites - 1)(random);
      const int count = std::uniform_int_distribution<int>(0, dendrites - first)(random);
      int expected = 0;
      for (int d = first; d < first + count; ++d) expected += naive.weight(axon, d) != 0 ? 1 : 0;
      ASSERT_EQ(crossbar.nonzeros(axon, first, count), expected);
    }
  }
}

TEST_P(CrossbarShapes, EveryAxonAtItsLargestSum) {
  // 65,535 rows of the same weight give the largest possible count.
  const CoreDescription core = core_of(65535, 3, GetParam());
  Planes planes(core);
  const bool ternary = GetParam() == Synapse::kTernary;
  // The weights are +1, -1 and 0.
  std::vector<std::uint8_t> plus(8), minus(8);
  plus[0] = ternary ? 0b001 : 0b001001;
  minus[0] = 0b010;
  for (int axon = 0; axon < core.axons; ++axon) {
    planes.set_row(axon, plus, minus);
  }
  const Crossbar crossbar = planes.load();
  std::vector<int> rows(static_cast<std::size_t>(core.axons));
  std::iota(rows.begin(), rows.end(), 0);
  std::vector<std::int32_t> sums(3);
  crossbar.accumulate(rows, 0, 3, sums.data());
  EXPECT_EQ(sums, (std::vector<std::int32_t>{65535, -65535, 0}));
}

TEST_P(CrossbarShapes, AccumulateAddsToWhatIsThere) {
  const CoreDescription core = core_of(2, 4, GetParam());
  Planes planes(core);
  const bool ternary = GetParam() == Synapse::kTernary;
  // Row 0 has +1 in every column; row 1 has 0.
  std::vector<std::uint8_t> plus(8), minus(8);
  plus[0] = ternary ? 0x0f : 0x55;
  planes.set_row(0, plus, minus);
  const Crossbar crossbar = planes.load();
  std::vector<std::int32_t> sums = {10, 20, 30, 40};
  crossbar.accumulate({0, 1}, 1, 2, sums.data() + 1);
  EXPECT_EQ(sums, (std::vector<std::int32_t>{10, 21, 31, 40}));
}

INSTANTIATE_TEST_SUITE_P(Synapses, CrossbarShapes,
                         testing::Values(Synapse::kTernary, Synapse::kBinaryPair),
                         [](const testing::TestParamInfo<Synapse>& synapse) {
                           return synapse.param == Synapse::kTernary ? "Ternary" : "BinaryPair";
                         });

}  // namespace
