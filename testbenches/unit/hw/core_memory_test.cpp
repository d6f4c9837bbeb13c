// SPDX-License-Identifier: Apache-2.0
// The memory of a core: what was written, 0 elsewhere, and shared only as long as it is equal.
#include "spikeloom/hw/core/core_memory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "spikeloom/hw/core/core_model.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/chips.h"

namespace {

using spikeloom::arch::ChipDescription;
using spikeloom::arch::CoreRegion;
using spikeloom::arch::region_bytes;
using spikeloom::hw::CoreMemory;
using spikeloom::hw::CoreModel;
using spikeloom::hw::MemoryBytes;
using spikeloom::hw::MemoryPool;
using spikeloom::test::CoreProgram;

TEST(CoreMemory, HoldsWhatIsWrittenAndIsZeroElsewhere) {
  const ChipDescription chip = spikeloom::test::small_chip();
  std::mt19937 random(1);
  for (const CoreRegion region :
       {CoreRegion::kPlusPlane, CoreRegion::kMinusPlane, CoreRegion::kRoutes}) {
    CoreMemory memory(chip.core);
    const auto size = static_cast<std::size_t>(region_bytes(chip.core, region));
    std::vector<std::uint8_t> expected(size);
    std::vector<std::uint8_t> found(size, 1);
    memory.read(region, 0, found.data(), size);
    ASSERT_EQ(found, expected);
    for (int i = 0; i < 30; ++i) {
      const std::size_t offset = random() % (size / 8) * 8;
      const std::size_t length = std::min<std::size_t>(size - offset, (1 + random() % 4) * 8);
      for (std::size_t at = offset; at < offset + length; ++at) {
        expected[at] = static_cast<std::uint8_t>(random());
      }
      memory.write(region, offset, &expected[offset], length);
      // Across the end of what is kept.
      for (const std::size_t from : {std::size_t{0}, offset, size - 8}) {
        found.assign(size, 1);
        memory.read(region, from, found.data(), size - from);
        ASSERT_EQ(std::memcmp(found.data(), &expected[from], size - from), 0);
      }
    }
    const MemoryBytes& whole = memory.whole(region);
    ASSERT_EQ(whole.size(), size);
    EXPECT_EQ(std::memcmp(whole.data(), expected.data(), size), 0);
  }
}

MemoryBytes bytes_of(std::uint64_t size, std::uint8_t value) {
  MemoryBytes bytes(size);
  std::memset(bytes.writable(), value, size);
  return bytes;
}

TEST(MemoryPool, SharesEqualMemoriesUntilOneIsWritten) {
  MemoryPool pool;
  MemoryBytes first = bytes_of(100, 7);
  MemoryBytes second = bytes_of(100, 7);
  MemoryBytes longer = bytes_of(101, 7);
  MemoryBytes other = bytes_of(100, 8);
  for (MemoryBytes* bytes : {&first, &second, &longer, &other}) pool.share(*bytes);
  EXPECT_EQ(first.data(), second.data());
  EXPECT_NE(first.data(), longer.data());
  EXPECT_NE(first.data(), other.data());
  EXPECT_EQ(longer.size(), 101U);
  second.writable()[3] = 9;
  EXPECT_EQ(first.data()[3], 7);
  EXPECT_EQ(second.data()[3], 9);
  EXPECT_EQ(second.data()[4], 7);
  second.extend(300);
  EXPECT_EQ(second.data()[3], 9);
  EXPECT_EQ(second.data()[99], 7);
  EXPECT_EQ(second.data()[299], 0);
}

TEST(MemoryPool, ForgetsMemoriesThatAreGone) {
  MemoryPool pool;
  {
    MemoryBytes gone = bytes_of(64, 1);
    pool.share(gone);
  }
  MemoryBytes bytes = bytes_of(64, 1);
  pool.share(bytes);
  MemoryBytes again = bytes_of(64, 1);
  pool.share(again);
  EXPECT_EQ(bytes.data(), again.data());
  EXPECT_EQ(again.data()[63], 1);
}

TEST(CoreModel, SharesEqualPlanesWithOtherCoresUntilOneIsLoadedAnew) {
  const ChipDescription chip = spikeloom::test::small_chip();
  const auto pool = std::make_shared<MemoryPool>();
  CoreModel first(chip, 0, pool);
  CoreModel second(chip, 1, pool);
  CoreProgram program;
  program.groups = {{0, 2, 3}};
  program.weights = {{0, 0, 1}, {2, 1, -1}};
  const auto load = [&](CoreModel& core) {
    for (CoreProgram::Write& write : program.writes(chip.core)) {
      ASSERT_EQ(core.access(static_cast<int>(write.region), write.offset, write.data.data(),
                            write.data.size(), true),
                spikeloom::hw::AccessResult::kOk);
    }
    core.begin_tick(0, 0);
  };
  load(first);
  load(second);
  EXPECT_EQ(first.crossbar().plus_row(0), second.crossbar().plus_row(0));
  EXPECT_EQ(first.crossbar().minus_row(0), second.crossbar().minus_row(0));
  EXPECT_EQ(second.crossbar().weight(2, 1), -1);
  program.weights = {{0, 0, 1}, {2, 1, 1}};
  second.reset();
  load(second);
  EXPECT_EQ(first.crossbar().weight(2, 1), -1);
  EXPECT_EQ(second.crossbar().weight(2, 1), 1);
  // Without a reset, over what both share.
  program.weights = {{0, 0, -1}, {2, 1, -1}};
  load(first);
  load(second);
  std::vector<std::uint8_t> row(8, 0xff);
  ASSERT_EQ(
      second.access(static_cast<int>(CoreRegion::kMinusPlane), 0, row.data(), row.size(), true),
      spikeloom::hw::AccessResult::kOk);
  second.begin_tick(0, 0);
  EXPECT_EQ(first.crossbar().minus_row(0)[0], 1U);
  EXPECT_NE(second.crossbar().minus_row(0)[0], 1U);
}

}  // namespace
