// SPDX-License-Identifier: Apache-2.0
// The network in RTL beside RouterNetwork: every entry, every departure of every router and every
// delivery in its cycle, under random and adversarial traffic, over the ends of ticks. The
// environment variable SPIKELOOM_RTL_SEEDS sets the number of seeds of a chip.
#include "testbenches/rtl/network/network_lockstep.h"

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "testbenches/rtl/rtl_files.h"

namespace spikeloom::rtl {
namespace {

/// Runs `seeds` seeds on the chip network-NAME. One that differs is run once more, to leave its
/// waveforms in the working directory.
void run(const std::string& name, std::uint64_t seeds) {
  if (const std::string reason = cosim::VerilatedLibrary::missing(); !reason.empty()) {
    GTEST_SKIP() << reason;
  }
  const arch::ChipDescription chip = chip_of("network-" + name);
  const auto library =
      cosim::VerilatedLibrary::load(replace_modules(cosim::rtl_network_source(chip)));
  NetworkLockstep lockstep(chip, library);
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const std::string difference = lockstep.run(seed);
    if (difference.empty()) continue;
    const std::string stem = fmt::format("{}-{}", chip.name, seed);
    NetworkLockstep(chip, library).trace(seed, ".", stem);
    FAIL() << "seed " << seed << ": " << difference
           << "\nwaveforms of both, one over the other: gtkwave "
           << std::filesystem::current_path().string() << "/" << stem << ".gtkw";
  }
  const NetworkLockstep::Counts& counts = lockstep.counts();
  // The traffic is what it claims to be.
  EXPECT_GT(counts.departures, counts.packets);
  EXPECT_GT(counts.late, 5 * seeds);
  std::cout << fmt::format(
      "{}: {} seeds, {} ticks, {} cycles, {} packets, {} entries, {} departures, {} deliveries, {} "
      "late, equal; the RTL ran for {} cycles\n",
      name, seeds, counts.ticks, counts.cycles, counts.packets, counts.entries, counts.departures,
      counts.deliveries, counts.late, lockstep.rtl_cycles());
}

class NetworkLockstepTest : public testing::TestWithParam<const char*> {};
class NetworkLockstepExtendedTest : public testing::TestWithParam<const char*> {};

TEST_P(NetworkLockstepTest, EveryEventHasItsCycle) {
  run(GetParam(), setting("SPIKELOOM_RTL_SEEDS", 60));
}

TEST_P(NetworkLockstepExtendedTest, EveryEventHasItsCycle) {
  run(GetParam(), setting("SPIKELOOM_RTL_SEEDS", 1000));
}

std::string name_of(const testing::TestParamInfo<const char*>& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Chips, NetworkLockstepTest, testing::Values("router", "mesh", "tree"),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Chips, NetworkLockstepExtendedTest,
                         testing::Values("router", "mesh", "mesh-slow", "mesh-shallow", "tree",
                                         "trunk", "torus", "board-mesh", "board-tree", "board-row",
                                         "board-torus"),
                         name_of);

}  // namespace
}  // namespace spikeloom::rtl
