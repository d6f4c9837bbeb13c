// SPDX-License-Identifier: Apache-2.0
// Maps random networks with all features to five chips that differ in everything that affects
// mapping; the verifier rebuilds each network from its deployment.
#include "testbenches/unit/support/chips.h"

#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/verify/verify.h"
#include "testbenches/unit/mapper/plans.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom {
namespace {

using arch::ChipDescription;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Case {
  std::string name;
  ChipDescription chip;
  int max_refused;  ///< number of networks out of 100 that may exceed a limit
};

/// Returns a chip with one-bit synapses and one threshold per dendrite.
ChipDescription pairs() {
  ChipDescription chip = test::chip_of_small_cores();
  chip.mesh = {24, 24};
  chip.core.axons = 160;
  chip.core.dendrites = 320;
  chip.core.synapse = arch::Synapse::kBinaryPair;
  chip.core.fan_in_groups = 32;
  chip.core.thresholds_per_dendrite = 1;
  chip.core.route_entries = 2048;
  return chip;
}

/// Returns a board of quadtrees whose cores have expansion tables.
ChipDescription trees() {
  ChipDescription chip = test::chip_of_small_cores();
  chip.topology = arch::TopologyKind::kQuadtree;
  chip.mesh = {8, 8};
  chip.board = {2, 2};
  chip.core.axons = 128;
  chip.core.dendrites = 96;
  chip.core.fan_in_groups = 32;
  chip.core.thresholds_per_dendrite = 2;
  chip.core.route_entries = 1024;
  chip.core.expansion = {2048, 1, 25};
  return chip;
}

/// Returns a chip with limits that most networks reach.
ChipDescription tiny() {
  ChipDescription chip = test::chip_of_small_cores();
  chip.mesh = {20, 20};
  chip.core.axons = 24;
  chip.core.dendrites = 24;
  chip.core.fan_in_groups = 12;
  chip.core.thresholds_per_dendrite = 3;
  chip.core.potential_bits = 11;
  chip.core.route_entries = 60;
  return chip;
}

class FiveChips : public ::testing::TestWithParam<Case> {};

/// Returns the number of networks, which the environment can increase.
std::uint64_t networks() {
  const char* const wanted = std::getenv("SPIKELOOM_RANDOM_NETWORKS");
  return wanted == nullptr ? 50 : std::strtoull(wanted, nullptr, 10);
}

TEST_P(FiveChips, RandomNetworksAreMappedSynapseForSynapse) {
  std::uint64_t refused = 0;
  for (std::uint64_t seed = 0; seed < networks(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    test::Random random(seed);
    const converter::SpikingNetwork network = test::random_network(random);
    mapper::MapOptions options;
    options.objective = test::random_objective(random);
    options.effort = 1;
    try {
      const auto deployment = mapper::map_network(network, {}, GetParam().chip, options);
      EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
    } catch (const base::UserError& error) {
      ++refused;
      EXPECT_THAT(error.what(), AnyOf(HasSubstr("chip.core."), HasSubstr("chip.mesh")));
    }
  }
  RecordProperty("refused", static_cast<int>(refused));
  EXPECT_LE(refused * 100, networks() * static_cast<std::uint64_t>(GetParam().max_refused));
}

INSTANTIATE_TEST_SUITE_P(Chips, FiveChips,
                         ::testing::Values(Case{"reference", test::chip_file("reference"), 0},
                                           Case{"nc64", test::chip_file("nc64"), 0},
                                           Case{"pairs", pairs(), 10}, Case{"trees", trees(), 10},
                                           Case{"tiny", tiny(), 60}),
                         [](const auto& chip) { return chip.param.name; });

}  // namespace
}  // namespace spikeloom
