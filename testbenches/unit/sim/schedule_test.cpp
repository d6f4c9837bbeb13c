// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/schedule.h"

#include <gtest/gtest.h>

namespace spikeloom::sim {
namespace {

arch::SyncDescription sync_of(bool pipeline, int ticks_per_image = 1) {
  arch::SyncDescription sync{8};
  sync.pipeline = pipeline;
  sync.ticks_per_image = ticks_per_image;
  return sync;
}

TEST(Schedule, PipelinedAnImageEntersEachTick) {
  const Schedule schedule(sync_of(true), 2);
  EXPECT_EQ(schedule.ticks_per_image(), 1U);
  EXPECT_EQ(schedule.entries(5), 7U);
  EXPECT_EQ(schedule.image(0, 0), 0U);
  EXPECT_EQ(schedule.image(0, 1), std::nullopt);
  EXPECT_EQ(schedule.image(4, 0), 4U);
  EXPECT_EQ(schedule.image(4, 1), 3U);
  EXPECT_EQ(schedule.image(4, 2), 2U);
  EXPECT_EQ(schedule.attributed_image(4), 4U);
  EXPECT_FALSE(schedule.steady(1));
  EXPECT_TRUE(schedule.steady(2));
}

TEST(Schedule, OneByOneAnImageHasTheChipToItself) {
  const Schedule schedule(sync_of(false), 2);
  EXPECT_EQ(schedule.ticks_per_image(), 3U);
  EXPECT_EQ(schedule.entries(5), 5U);
  for (std::size_t tick = 0; tick < 9; ++tick) {
    for (std::size_t depth = 0; depth <= 2; ++depth) {
      EXPECT_EQ(schedule.image(tick, depth),
                tick % 3 == depth ? std::optional(tick / 3) : std::nullopt);
    }
    EXPECT_EQ(schedule.attributed_image(tick), tick / 3);
  }
  EXPECT_TRUE(schedule.steady(0));
}

// Ticks      0 1 2 3 4 5 6 7 8
// depth 0    0 . . 1 . . 2 . .
// depth 4    . . . . 0 . . 1 .
TEST(Schedule, AnImageMayEnterEveryFewTicks) {
  const Schedule schedule(sync_of(true, 3), 4);
  EXPECT_EQ(schedule.ticks_per_image(), 3U);
  EXPECT_EQ(schedule.images_behind(), 1U);
  EXPECT_EQ(schedule.entries(5), 6U);
  EXPECT_EQ(schedule.image(0, 0), 0U);
  EXPECT_EQ(schedule.image(1, 0), std::nullopt);
  EXPECT_EQ(schedule.image(3, 0), 1U);
  EXPECT_EQ(schedule.image(1, 4), std::nullopt);
  EXPECT_EQ(schedule.image(4, 4), 0U);
  EXPECT_EQ(schedule.image(5, 4), std::nullopt);
  EXPECT_EQ(schedule.image(7, 4), 1U);
  EXPECT_EQ(schedule.attributed_image(5), 1U);
  EXPECT_FALSE(schedule.steady(0));
  EXPECT_TRUE(schedule.steady(1));
}

TEST(Schedule, WithoutInputEachTickIsAnImage) {
  const Schedule schedule = Schedule::of_ticks(3);
  EXPECT_EQ(schedule.first_tick(), 3U);
  EXPECT_EQ(schedule.ticks_per_image(), 1U);
  EXPECT_EQ(schedule.images_behind(), 0U);
  EXPECT_EQ(schedule.entries(5), 5U);
  for (std::size_t tick = 0; tick < 5; ++tick) {
    EXPECT_EQ(schedule.image(tick, 0), tick);
    EXPECT_EQ(schedule.attributed_image(tick), tick);
    EXPECT_TRUE(schedule.steady(tick));
  }
}

}  // namespace
}  // namespace spikeloom::sim
