// SPDX-License-Identifier: Apache-2.0
// The network in RTL, or with some routers in RTL, beside RouterNetwork: every entry, every
// departure of every router and every delivery in its cycle, under random and adversarial traffic,
// over the ends of ticks. The environment variable SPIKELOOM_RTL_SEEDS sets the number of seeds of
// a chip.
#include "testbenches/rtl/network/network_lockstep.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iostream>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/cosim/rtl_network.h"
#include "spikeloom/cosim/rtl_router.h"
#include "testbenches/rtl/rtl_files.h"

namespace spikeloom::rtl {
namespace {

/// Runs `seeds` seeds on a chip with a network of `rtl`. One that differs is run once more, to
/// leave its waveforms in the working directory.
void run(const arch::ChipDescription& chip, const std::string& what, const hw::NetworkFactory& rtl,
         std::uint64_t seeds) {
  NetworkLockstep lockstep(chip, rtl);
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const std::string difference = lockstep.run(seed);
    if (difference.empty()) continue;
    const std::string stem = fmt::format("{}-{}", chip.name, seed);
    NetworkLockstep(chip, rtl).trace(seed, ".", stem);
    FAIL() << "seed " << seed << ", " << what << ": " << difference
           << "\nwaveforms of both, one over the other: gtkwave "
           << std::filesystem::current_path().string() << "/" << stem << ".gtkw";
  }
  const NetworkLockstep::Counts& counts = lockstep.counts();
  // The traffic is what it claims to be.
  EXPECT_GT(counts.departures, counts.packets);
  EXPECT_GT(counts.late, 5 * seeds);
  std::cout << fmt::format(
      "{}, {}: {} seeds, {} ticks, {} cycles, {} packets, {} entries, {} departures, {} "
      "deliveries, {} late, equal\n",
      chip.name, what, seeds, counts.ticks, counts.cycles, counts.packets, counts.entries,
      counts.departures, counts.deliveries, counts.late);
}

void run_network(const std::string& name, std::uint64_t seeds) {
  if (const std::string reason = cosim::VerilatedLibrary::missing(); !reason.empty()) {
    GTEST_SKIP() << reason;
  }
  const arch::ChipDescription chip = chip_of("network-" + name);
  run(chip, "network in RTL",
      cosim::rtl_network(
          cosim::VerilatedLibrary::load(replace_modules(cosim::rtl_network_source(chip)))),
      seeds);
}

/// Runs the seeds with all routers in RTL, with every second one, and with one alone.
void run_routers(const std::string& name, std::uint64_t seeds) {
  if (const std::string reason = cosim::VerilatedLibrary::missing(); !reason.empty()) {
    GTEST_SKIP() << reason;
  }
  const arch::ChipDescription chip = chip_of("network-" + name);
  const auto library =
      cosim::VerilatedLibrary::load(replace_modules(cosim::rtl_router_source(chip)));
  const auto routers = static_cast<std::uint32_t>(
      arch::with_topology(chip, [](const auto& topology) { return topology.routers(); }));
  const auto with = [&](const char* what, const std::function<bool(std::uint32_t)>& chosen) {
    std::set<std::uint32_t> numbers;
    for (std::uint32_t i = 0; i < routers; ++i) {
      if (chosen(i)) numbers.insert(i);
    }
    if (!numbers.empty()) run(chip, what, cosim::mixed_network(numbers, library), seeds);
  };
  with("all routers in RTL", [](std::uint32_t) { return true; });
  with("odd routers in RTL", [](std::uint32_t i) { return i % 2 != 0; });
  with("one router in RTL", [&](std::uint32_t i) { return i == routers / 2; });
}

class NetworkLockstepTest : public testing::TestWithParam<const char*> {};
class NetworkLockstepExtendedTest : public testing::TestWithParam<const char*> {};
class MixedNetworkTest : public testing::TestWithParam<const char*> {};
class MixedNetworkExtendedTest : public testing::TestWithParam<const char*> {};

TEST_P(NetworkLockstepTest, EveryEventHasItsCycle) {
  run_network(GetParam(), setting("SPIKELOOM_RTL_SEEDS", 60));
}

TEST_P(NetworkLockstepExtendedTest, EveryEventHasItsCycle) {
  run_network(GetParam(), setting("SPIKELOOM_RTL_SEEDS", 1000));
}

TEST_P(MixedNetworkTest, EveryEventHasItsCycle) {
  run_routers(GetParam(), setting("SPIKELOOM_RTL_SEEDS", 60));
}

TEST_P(MixedNetworkExtendedTest, EveryEventHasItsCycle) {
  run_routers(GetParam(), setting("SPIKELOOM_RTL_SEEDS", 1000));
}

std::string name_of(const testing::TestParamInfo<const char*>& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

const auto kChips = testing::Values("router", "mesh", "tree");
const auto kExtendedChips =
    testing::Values("router", "mesh", "mesh-slow", "mesh-shallow", "tree", "trunk", "torus",
                    "board-mesh", "board-tree", "board-row", "board-torus");

INSTANTIATE_TEST_SUITE_P(Chips, NetworkLockstepTest, kChips, name_of);
INSTANTIATE_TEST_SUITE_P(Chips, NetworkLockstepExtendedTest, kExtendedChips, name_of);
INSTANTIATE_TEST_SUITE_P(Chips, MixedNetworkTest, testing::Values("mesh", "torus"), name_of);
INSTANTIATE_TEST_SUITE_P(Chips, MixedNetworkExtendedTest, kExtendedChips, name_of);

}  // namespace
}  // namespace spikeloom::rtl
