// SPDX-License-Identifier: Apache-2.0
// Tests VGG-Net at full scale, and many random networks.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/verify/verify.h"
#include "testbenches/unit/mapper/plans.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom {
namespace {

using ::testing::IsEmpty;

TEST(FullScale, VggTakesFewCores) {
  const converter::SpikingNetwork network = test::vgg();
  const arch::ChipDescription chip = test::chip_file("reference");
  mapper::MapOptions options;
  options.objective = mapper::Objective::kCores;
  mapper::MappingReport report;
  const arch::Deployment deployment = mapper::map_network(network, {}, chip, options, &report);
  EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
  EXPECT_EQ(report.min_cores, 788);
  EXPECT_EQ(report.cores, 826);
  EXPECT_LE(report.packets_per_spike, 2.5);
  EXPECT_LE(report.max_route_entries, chip.core.route_entries);
  // Bounds that annealing must achieve.
  EXPECT_LE(report.traffic.link_cycles, 0.8 * report.traffic.hilbert_link_cycles);
  EXPECT_LE(report.traffic.link_cycles, 0.8 * report.traffic.start_link_cycles);
  EXPECT_LE(report.traffic.hilbert_link_cycles, report.traffic.random_link_cycles);
}

TEST(FullScale, VggSendsFewPacketsFromOneChip) {
  const converter::SpikingNetwork network = test::vgg();
  const arch::ChipDescription chip = test::chip_file("reference");
  mapper::MappingReport report;
  const arch::Deployment deployment = mapper::map_network(network, {}, chip, {}, &report);
  EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
  EXPECT_LE(report.cores, chip.grid().cores());
  EXPECT_LE(report.plans.chosen.packets_per_spike, 1.06);
  EXPECT_LE(report.packets_per_spike, 1.4);
  EXPECT_LE(report.traffic.link_cycles, 0.8 * report.traffic.hilbert_link_cycles);
  EXPECT_LE(report.traffic.link_cycles, report.traffic.start_link_cycles);
}

TEST(FullScale, AxonExpansionSavesVggsPackets) {
  const converter::SpikingNetwork network = test::vgg();
  arch::ChipDescription chip = test::chip_file("reference");
  chip.core.expansion.entries = 18432;
  mapper::MappingReport report;
  const arch::Deployment deployment = mapper::map_network(network, {}, chip, {}, &report);
  EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
  EXPECT_LE(report.cores, 862);
  EXPECT_LE(report.plans.chosen.packets_per_spike, 1.01);
  EXPECT_LE(report.packets_per_spike, 1.3);
  RecordProperty("cores", report.cores);
  RecordProperty("packets_per_spike", fmt::format("{:.3f}", report.packets_per_spike));
}

TEST(FullScale, RandomNetworksAreMappedSynapseForSynapse) {
  constexpr std::uint64_t kNetworks = 5000;
  std::uint64_t mapped = 0;
  for (std::uint64_t seed = 1000; seed < 1000 + kNetworks; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    test::Random random(seed);
    const converter::SpikingNetwork network = test::random_chain(random);
    const arch::ChipDescription chip = test::random_chip(random);
    mapper::MapOptions options;
    options.objective = test::random_objective(random);
    options.effort = random.between(0, 1);
    try {
      const auto deployment = mapper::map_network(network, {}, chip, options);
      EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
      ++mapped;
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("chip."));
    }
  }
  EXPECT_GE(mapped, kNetworks * 8 / 10);
}

}  // namespace
}  // namespace spikeloom
