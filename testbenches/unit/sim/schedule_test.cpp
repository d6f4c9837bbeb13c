// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/schedule.h"

#include <gtest/gtest.h>

namespace spikeloom::sim {
namespace {

TEST(Schedule, PipelinedAnImageEntersEachTick) {
  const Schedule schedule(true, 2);
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
  const Schedule schedule(false, 2);
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

}  // namespace
}  // namespace spikeloom::sim
