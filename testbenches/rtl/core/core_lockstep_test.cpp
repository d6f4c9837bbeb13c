// SPDX-License-Identifier: Apache-2.0
// Cores in RTL beside their model, on all chips of testbenches/rtl/chips/core-*.yaml. The
// environment variables SPIKELOOM_RTL_CORES and SPIKELOOM_RTL_SEED set the number of random cores
// of a chip and the first seed. Without waveforms of a difference: SPIKELOOM_RTL_WAVES=0.
#include "testbenches/rtl/core/core_lockstep.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "spikeloom/cosim/rtl_core.h"
#include "testbenches/rtl/rtl_files.h"

namespace spikeloom::rtl {
namespace {

constexpr int kTicks = 6;

/// Runs a core whose RTL differs once more, and leaves the waveforms in the working directory.
std::string leave_waves(const arch::ChipDescription& chip, cosim::VerilatedSource source,
                        std::uint64_t seed) {
  if (setting("SPIKELOOM_RTL_WAVES", 1) == 0) return {};
  source.waves = true;
  const std::string stem = fmt::format("{}-{}", chip.name, seed);
  CoreWaves waves(chip, ".", stem);
  CoreLockstep(chip, cosim::VerilatedLibrary::load(source), seed, &waves).run(kTicks);
  return fmt::format(
      "waveforms of both, one over the other: gtkwave {}/{}.gtkw (all of the RTL: "
      "{}-rtl.vcd)",
      std::filesystem::current_path().string(), stem, stem);
}

/// Runs `cores` random cores of a chip.
void run(const std::string& name, std::uint64_t cores) {
  if (const std::string reason = cosim::VerilatedLibrary::missing(); !reason.empty()) {
    GTEST_SKIP() << reason;
  }
  const arch::ChipDescription chip = chip_of(name);
  const cosim::VerilatedSource source = replace_modules(cosim::rtl_core_source(chip));
  const auto library = cosim::VerilatedLibrary::load(source);
  const std::uint64_t first = setting("SPIKELOOM_RTL_SEED", 1);
  Compared all;
  for (std::uint64_t seed = first; seed < first + cores; ++seed) {
    CoreLockstep lockstep(chip, library, seed);
    const auto mismatch = lockstep.run(kTicks);
    ASSERT_FALSE(mismatch) << "seed " << seed << ", " << mismatch->text() << "\n"
                           << leave_waves(chip, source, seed);
    all += lockstep.compared();
  }
  std::cout << fmt::format(
      "{}: {} cores, {} ticks, {} cycles, {} packets sent, {} received, {} axons set, {} late, {} "
      "ticks with work left, {} faults: equal\n",
      name, all.cores, all.ticks, all.cycles, all.packets, all.received, all.axons, all.late,
      all.overrun, all.faults);
  // The random cores reach what is compared.
  EXPECT_GT(all.ticks, cores * kTicks / 3);
  EXPECT_GT(all.packets, all.ticks);
  EXPECT_GT(all.axons, all.ticks);
  if (chip.sync.tick_cycles != 0) {
    EXPECT_GT(all.late, cores);
    EXPECT_GT(all.overrun, cores / 10);
  }
}

class CoreLockstepTest : public testing::TestWithParam<std::string> {};
class CoreLockstepExtendedTest : public testing::TestWithParam<std::string> {};

TEST_P(CoreLockstepTest, RtlDoesWhatTheModelDoesInEachCycle) {
  run(GetParam(), setting("SPIKELOOM_RTL_CORES", 100));
}

TEST_P(CoreLockstepExtendedTest, RtlDoesWhatTheModelDoesInEachCycle) {
  run(GetParam(), setting("SPIKELOOM_RTL_CORES", 1000));
}

std::string case_name(const testing::TestParamInfo<std::string>& chip) {
  std::string name = chip.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Chips, CoreLockstepTest,
                         testing::Values("core-ternary", "core-lists", "core-late"), case_name);
INSTANTIATE_TEST_SUITE_P(Chips, CoreLockstepExtendedTest, testing::ValuesIn(chips_named("core-")),
                         case_name);

}  // namespace
}  // namespace spikeloom::rtl
