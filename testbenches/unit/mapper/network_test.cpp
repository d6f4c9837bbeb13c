// SPDX-License-Identifier: Apache-2.0
// Maps whole networks and has the verifier rebuild them from the deployment.
#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/base/error.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/verify/verify.h"
#include "testbenches/unit/mapper/plans.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom {
namespace {

using arch::ChipDescription;
using arch::Deployment;
using converter::SpikingNetwork;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Deployment map(const SpikingNetwork& network, const ChipDescription& chip,
               mapper::MappingReport* report = nullptr) {
  return mapper::map_network(network, {1, 2, 3}, chip, {}, report);
}

std::string error_of(const SpikingNetwork& network, const ChipDescription& chip) {
  try {
    map(network, chip);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

class RandomNetworks : public ::testing::TestWithParam<int> {};

TEST_P(RandomNetworks, AreMappedSynapseForSynapse) {
  constexpr int kNetworks = 25;
  int mapped = 0;
  for (int i = 0; i < kNetworks; ++i) {
    const auto seed = static_cast<std::uint64_t>(GetParam() * kNetworks + i);
    SCOPED_TRACE(fmt::format("seed {}", seed));
    test::Random random(seed);
    const SpikingNetwork network = test::random_network(random);
    const ChipDescription chip = test::random_chip(random);
    mapper::MapOptions options;
    options.objective = test::random_objective(random);
    options.effort = 1;
    try {
      const Deployment deployment = mapper::map_network(network, {}, chip, options);
      EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
      ++mapped;
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(), testing::AnyOf(HasSubstr("chip.core."), HasSubstr("chip.mesh")));
    }
  }
  EXPECT_GE(mapped, kNetworks / 2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks, ::testing::Range(0, 20));

TEST(Mapper, FitsLeNetOnTheReferenceChip) {
  const SpikingNetwork network = test::lenet();
  mapper::MappingReport report;
  const Deployment deployment = map(network, test::chip_file("reference"), &report);
  EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
  EXPECT_EQ(report.min_cores, 51);
  EXPECT_LE(report.cores, 68);
  // Annealing adds packets to the planned ones if that shortens the paths.
  EXPECT_LE(report.packets_per_spike, 1.1);
  EXPECT_EQ(report.output_packets, 256);
  EXPECT_EQ(report.cores, static_cast<int>(deployment.cores.size()));

  mapper::MapOptions unannealed;
  unannealed.effort = 0;
  mapper::map_network(network, {1, 2, 3}, test::chip_file("reference"), unannealed, &report);
  EXPECT_LE(report.packets_per_spike, 1.05);
}

TEST(Mapper, TakesOwnGroupsWhereOnlyCoresCount) {
  const SpikingNetwork network = test::lenet();
  mapper::MapOptions options;
  options.objective = mapper::Objective::kCores;
  mapper::MappingReport report;
  const Deployment deployment =
      mapper::map_network(network, {}, test::chip_file("reference"), options, &report);
  EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
  EXPECT_LE(report.cores, 52);
  EXPECT_GT(report.packets_per_spike, 1.5);
}

TEST(Mapper, ReportsWhatItHasDone) {
  // 8x8 inputs, 3x3 windows of one level: 6x6 outputs of 2 channels with 9 axons each.
  const SpikingNetwork network =
      test::NetworkBuilder("net", {1, 8, 8}, 1, 5).convolution(2, 3).build();
  ChipDescription chip = test::chip_of_small_cores();
  chip.core.axons = 64;
  chip.core.dendrites = 72;
  chip.core.route_entries = 72;
  mapper::MappingReport report;
  const Deployment deployment = map(network, chip, &report);
  ASSERT_EQ(report.layers.size(), 1U);
  const mapper::LayerReport& layer = report.layers.front();
  // The image fits the axons of one group and the outputs fit the dendrites, so one core suffices.
  EXPECT_EQ(layer.cores, 1);
  EXPECT_EQ(layer.neurons, 72);
  EXPECT_EQ(layer.dendrites, 72);
  EXPECT_EQ(layer.min_dendrites, 72);
  EXPECT_EQ(layer.axon_groups, 1);
  EXPECT_DOUBLE_EQ(layer.axon_utilization, 1.0);
  EXPECT_DOUBLE_EQ(layer.dendrite_utilization, 1.0);
  EXPECT_EQ(layer.sources, 64);
  EXPECT_EQ(layer.packets, 64);
  EXPECT_EQ(layer.deliveries, 64);
  EXPECT_EQ(report.max_route_entries, 72);
  const auto nonzero = std::count_if(network.layers.front().terms.front().weights.begin(),
                                     network.layers.front().terms.front().weights.end(),
                                     [](std::int8_t weight) { return weight != 0; });
  EXPECT_DOUBLE_EQ(layer.synapse_utilization, static_cast<double>(36 * nonzero) / (72.0 * 64.0));
  // The core is next to the host port, so no packet crosses a link.
  EXPECT_EQ(report.traffic.packet_hops, 0.0);
  EXPECT_EQ(report.traffic.busiest(), nullptr);
  EXPECT_EQ(deployment.cores.front().core, 0);
  EXPECT_THAT(mapper::format_table(report), HasSubstr("cores: 1 of 144 (lower bound 1)"));
}

TEST(Mapper, SmallLayersShareACore) {
  test::NetworkBuilder builder("net", {2, 4, 4}, 2, 3);
  const SpikingNetwork network =
      builder.convolution(4, 1, 2).convolution(3, 1).convolution(2, 2).build();
  mapper::MappingReport report;
  const Deployment deployment = map(network, test::chip_of_small_cores(), &report);
  EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
  EXPECT_EQ(report.cores, 1);
}

TEST(Mapper, SameSeedSameBytes) {
  const SpikingNetwork network = test::lenet();
  const ChipDescription chip = test::chip_file("reference");
  EXPECT_EQ(map(network, chip).encode(), map(network, chip).encode());
}

TEST(Mapper, TheDeploymentSurvivesItsFile) {
  const SpikingNetwork network =
      test::NetworkBuilder("net", {2, 6, 6}, 3, 9).convolution(5, 3).convolution(4, 2, 2).build();
  const Deployment deployment = map(network, test::chip_of_small_cores());
  EXPECT_EQ(deployment.spiking_network, (std::vector<std::uint8_t>{1, 2, 3}));
  const Deployment read = Deployment::decode(deployment.encode(), "test");
  EXPECT_THAT(mapper::verify(read, network), IsEmpty());
}

TEST(Mapper, TransactionsOfACoreEndWithItsEnable) {
  const SpikingNetwork network = test::lenet();
  const Deployment deployment = map(network, test::chip_file("reference"));
  std::vector<int> enabled;
  for (const arch::Transaction& transaction : deployment.transactions) {
    const auto address = arch::BusAddress::decode(transaction.address);
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(std::count(enabled.begin(), enabled.end(), address->unit), 0);
    if (address->region == static_cast<int>(arch::CoreRegion::kControl) &&
        address->offset == arch::core_control::kEnable) {
      enabled.push_back(address->unit);
    }
  }
  std::vector<int> cores;
  for (const arch::CoreLabels& labels : deployment.cores) cores.push_back(labels.core);
  EXPECT_EQ(enabled, cores);
}

TEST(DoesNotFit, NamesTheMeshThatWouldDo) {
  arch::ChipDescription chip = test::chip_file("nc64");
  chip.board = {1, 1};
  const std::string error = error_of(test::lenet(), chip);
  EXPECT_THAT(error, HasSubstr("the network needs 202 cores, 144 of them for layer \"layer1\""));
  EXPECT_THAT(error, HasSubstr("chip.mesh has 8 x 8 = 64"));
  EXPECT_THAT(error, HasSubstr("the smallest square mesh that is large enough is 15 x 15"));
  EXPECT_THAT(error, HasSubstr("the smallest board of such chips is 2 x 2"));
}

TEST(DoesNotFit, NamesTheSquareOfATreeThatWouldDo) {
  arch::ChipDescription chip = test::chip_file("nc64");
  chip.board = {1, 1};
  chip.topology = arch::TopologyKind::kQuadtree;
  EXPECT_THAT(error_of(test::lenet(), chip),
              HasSubstr("the smallest square mesh that is large enough is 16 x 16"));
}

TEST(DoesNotFit, NamesABoardThatHasTheHostPort) {
  arch::ChipDescription chip = test::chip_file("nc64");
  chip.mesh = {2, 32};
  chip.board = {1, 1};
  const std::string first = error_of(test::lenet(), chip);
  EXPECT_THAT(first, HasSubstr("the smallest board of such chips is 2 x 2"));
  chip.board = {1, 3};
  chip.host_port.y = 64;
  EXPECT_THAT(error_of(test::lenet(), chip),
              HasSubstr("the smallest board of such chips is 3 x 3"));
}

TEST(DoesNotFit, AGrowingBoardTakesTheOneThatIsNamed) {
  arch::ChipDescription chip = test::chip_file("nc64");
  chip.board = {1, 1, true};
  const Deployment deployment = map(test::lenet(), chip);
  EXPECT_EQ(deployment.chip.board.columns, 2);
  EXPECT_EQ(deployment.chip.board.rows, 2);
  EXPECT_FALSE(deployment.chip.board.grow);
  EXPECT_THAT(mapper::verify(deployment, test::lenet()), IsEmpty());
  chip.board = {2, 2};
  EXPECT_EQ(deployment.encode(), map(test::lenet(), chip).encode());
  // A network that fits is placed on the given board.
  chip.board = {4, 4, true};
  EXPECT_EQ(map(test::lenet(), chip).chip.board.chips(), 16);
}

TEST(DoesNotFit, NoMeshThatPacketsCanAddress) {
  ChipDescription chip = test::chip_of_small_cores();
  chip.core.dendrites = 1;
  chip.board.grow = true;
  // The network needs one core per neuron, one more than a mesh of 128 x 128 has.
  EXPECT_THAT(
      error_of(test::NetworkBuilder("net", {1, 5, 3277}, 1, 1).convolution(1, 1).build(), chip),
      HasSubstr("the network needs 16385 cores, 16385 of them for layer \"layer1\"; chip.mesh "
                "has 12 x 12 = 144; no mesh that packets can address is large enough"));
}

TEST(DoesNotFit, OutputsThatAPacketCannotNumber) {
  EXPECT_EQ(error_of(test::NetworkBuilder("net", {1, 257, 257}, 255, 1).convolution(1, 1).build(),
                     test::chip_of_small_cores()),
            "layer \"layer1\": 16842495 outputs to the host; packets can number at most 16777216");
}

TEST(DoesNotFit, AnExpansionTableTooSmallIsLeftAlone) {
  // A table that is too small is not an error, because plans without the table always exist.
  const SpikingNetwork network = test::lenet();
  ChipDescription chip = test::chip_file("reference");
  const Deployment plain = map(network, chip);
  chip.core.expansion.entries = 1;
  const Deployment small = map(network, chip);
  EXPECT_EQ(small.cores.size(), plain.cores.size());
  EXPECT_EQ(small.input.packets, plain.input.packets);
  EXPECT_THAT(mapper::verify(small, network), IsEmpty());
}

TEST(DoesNotFit, LevelsBeyondTheAxons) {
  ChipDescription chip = test::chip_of_small_cores();
  chip.core.axons = 3;
  EXPECT_EQ(error_of(test::NetworkBuilder("net", {1, 2, 2}, 4, 1).convolution(1, 2).build(), chip),
            "layer \"layer1\": an input neuron needs 4 axons, one for each of its levels; "
            "chip.core.axons is 3");
}

TEST(DoesNotFit, FanInBeyondTheGroups) {
  ChipDescription chip = test::chip_of_small_cores();
  chip.core.fan_in_groups = 2;
  // 3 x 3 x 12 inputs with 48 per group need 3 groups.
  EXPECT_EQ(error_of(test::NetworkBuilder("net", {12, 3, 3}, 1, 1).convolution(1, 3).build(), chip),
            "layer \"layer1\": a neuron with 108 inputs of 1 levels needs 3 groups of 48 axons; "
            "chip.core.fan_in_groups is 2");
}

TEST(DoesNotFit, FanInBeyondTheDendrites) {
  ChipDescription chip = test::chip_of_small_cores();
  chip.core.dendrites = 2;
  chip.core.thresholds_per_dendrite = 1;
  EXPECT_EQ(error_of(test::NetworkBuilder("net", {12, 3, 3}, 1, 1).convolution(1, 3).build(), chip),
            "layer \"layer1\": a neuron with 108 inputs of 1 levels needs 3 columns; "
            "chip.core.dendrites is 2");
}

TEST(DoesNotFit, RoutesOfOneNeuron) {
  ChipDescription chip = test::chip_of_small_cores();
  chip.core.thresholds_per_dendrite = 1;
  chip.core.route_entries = 3;
  EXPECT_EQ(
      error_of(
          test::NetworkBuilder("net", {1, 2, 2}, 4, 1).convolution(1, 2).convolution(1, 1).build(),
          chip),
      "layer \"layer2\": one neuron's packets need 4 route entries; "
      "chip.core.route_entries is 3");
}

TEST(DoesNotFit, RoutesOfOneCore) {
  // Four cores of one neuron each: the neuron of the first layer sends to the three others, which
  // do not form a rectangle.
  const SpikingNetwork network =
      test::NetworkBuilder("net", {1, 1, 1}, 1, 1).convolution(1, 1).convolution(3, 1).build();
  ChipDescription chip = test::chip_of_small_cores();
  chip.mesh = {2, 2};
  chip.host_port = {6, 0, 0};
  chip.core.dendrites = 1;
  chip.core.route_entries = 1;
  const std::string error = error_of(network, chip);
  EXPECT_THAT(
      error, testing::MatchesRegex(
                 "layer \"layer1\": chip0.core_[01]_[01] needs 2 route entries because its "
                 "receivers form no rectangle; chip.core.route_entries is 1; a board of 2 x 1 such "
                 "chips may have room for rectangles"));
  chip.board.grow = true;
  const Deployment deployment = map(network, chip);
  EXPECT_EQ(deployment.chip.board.chips(), 2);
  EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
}

TEST(DoesNotFit, PotentialBits) {
  SpikingNetwork network = test::NetworkBuilder("net", {4, 2, 2}, 2, 1).convolution(1, 2).build();
  std::fill(network.layers.front().terms.front().weights.begin(),
            network.layers.front().terms.front().weights.end(), std::int8_t{1});
  ChipDescription chip = test::chip_of_small_cores();
  chip.core.potential_bits = 7;  // 16 inputs of 2 levels: 32 fits 7 bits but not 6
  EXPECT_EQ(error_of(network, chip), "");
  chip.core.potential_bits = 6;
  EXPECT_THAT(error_of(network, chip),
              HasSubstr("ranges from -0 to 32, which needs 7 bits; chip.core.potential_bits is 6"));
  std::fill(network.layers.front().terms.front().weights.begin(),
            network.layers.front().terms.front().weights.end(), std::int8_t{-1});
  EXPECT_EQ(error_of(network, chip), "");
}

}  // namespace
}  // namespace spikeloom
