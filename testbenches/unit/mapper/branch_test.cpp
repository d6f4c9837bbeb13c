// SPDX-License-Identifier: Apache-2.0
// Tests networks with branches against results derived by hand: residual sums, concatenations and
// relays.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/verify/verify.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"

namespace spikeloom {
namespace {

using arch::Deployment;
using converter::kEncoder;
using converter::SpikingNetwork;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kLevels = 2;

/// A row of 3 inputs with 2 levels, a convolution with 1 x 1 windows and a relay of the input, and
/// a dense layer of one channel that adds both and repeats the weights of the relay 3 times.
SpikingNetwork residual(int repeat = 3) {
  test::NetworkBuilder builder("residual", {1, 1, 3}, kLevels, 1);
  const converter::Window whole = test::whole_window({1, 1, 3});
  builder.sum(1, {0, kLevels}, {{kEncoder, {}}}).relay(kEncoder);
  builder.sum(1, {0, kLevels}, {{0, whole}, {1, whole, 1, repeat}});
  SpikingNetwork network = builder.build();
  network.layers[2].terms[0].weights = {1, -1, 0};
  network.layers[2].terms[1].weights = {1, 1, -1};
  return network;
}

/// The same two layers, each connected to two channels of its own.
SpikingNetwork concatenation() {
  test::NetworkBuilder builder("concatenation", {1, 1, 3}, kLevels, 1);
  const converter::Window whole = test::whole_window({1, 1, 3});
  builder.sum(1, {0, kLevels}, {{kEncoder, {}}}).relay(kEncoder);
  builder.sum(4, {0, kLevels}, {{0, whole, 1, 1, 0, 2}, {1, whole, 1, 1, 2, 2}});
  return builder.build();
}

TEST(Branches, ASumTakesTheDendritesOfAllItsTerms) {
  const SpikingNetwork network = residual();
  mapper::MappingReport report;
  const Deployment deployment =
      mapper::map_network(network, {}, test::chip_of_small_cores(), {}, &report);
  EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
  EXPECT_EQ(report.cores, 1);
  ASSERT_EQ(report.layers.size(), 3U);
  const mapper::LayerReport& sum = report.layers[2];
  EXPECT_EQ(sum.neurons, 1);
  EXPECT_EQ(sum.axon_groups, 2);
  EXPECT_EQ(sum.dendrites, 1 + 3);
  // 3 inputs of 2 levels from both layers, the second repeated 3 times, would fit one group of 48
  // axons.
  EXPECT_EQ(sum.min_dendrites, 1);
  EXPECT_DOUBLE_EQ(sum.axon_utilization, 2.0 * 6 / (2 * 48));
  EXPECT_DOUBLE_EQ(sum.synapse_utilization, (2.0 * 2 + 3.0 * 2 * 3) / (40 * 48));
  EXPECT_EQ(sum.sources, 6);
  EXPECT_EQ(sum.packets, 6);
}

TEST(Branches, ASpikeGoesToAllThatReadIt) {
  const SpikingNetwork network = residual();
  mapper::MappingReport report;
  const Deployment deployment =
      mapper::map_network(network, {}, test::chip_of_small_cores(), {}, &report);
  // A spike of an input neuron goes to two layers, and those of the other layers only to the sum.
  EXPECT_EQ(deployment.input.first, (std::vector<std::uint32_t>{0, 2, 4, 6}));
  EXPECT_EQ(report.layers[0].packets, 3);
  EXPECT_EQ(report.layers[1].packets, 3);
  EXPECT_EQ(report.output_packets, 1);
  EXPECT_DOUBLE_EQ(report.packets_per_spike, 12.0 / 9.0);
  EXPECT_EQ(report.max_route_entries, 3 + 3 + 1);
  std::vector<int> depths;
  for (const arch::DeployedLayer& layer : deployment.layers) depths.push_back(layer.depth);
  EXPECT_EQ(depths, (std::vector<int>{1, 1, 2}));
}

TEST(Branches, AConcatenationTakesTheDendritesOfOneTermANeuron) {
  const SpikingNetwork network = concatenation();
  arch::ChipDescription chip = test::chip_of_small_cores();
  mapper::MappingReport report;
  EXPECT_THAT(mapper::verify(mapper::map_network(network, {}, chip, {}, &report), network),
              IsEmpty());
  EXPECT_EQ(report.layers[2].dendrites, 4);
  EXPECT_EQ(report.layers[2].min_dendrites, 4);
  EXPECT_EQ(report.layers[2].packets, 6);
  // A block only has groups for its own terms.
  EXPECT_EQ(report.layers[2].axon_groups, 1);
  chip.core.fan_in_groups = 1;
  chip.core.dendrites = 3;
  EXPECT_THAT(mapper::verify(mapper::map_network(network, {}, chip, {}), network), IsEmpty());
}

std::string error_of(const SpikingNetwork& network, const arch::ChipDescription& chip) {
  try {
    mapper::map_network(network, {}, chip, {});
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Branches, ASumThatDoesNotFitNamesItsTerms) {
  arch::ChipDescription chip = test::chip_of_small_cores();
  chip.core.dendrites = 3;
  EXPECT_EQ(error_of(residual(), chip),
            "layer \"layer3\": a neuron with 3 inputs of 2 levels and 3 times 3 inputs of 2 levels "
            "needs 4 columns; chip.core.dendrites is 3");
  chip.core.dendrites = 40;
  chip.core.fan_in_groups = 1;
  EXPECT_EQ(error_of(residual(), chip),
            "layer \"layer3\": a neuron with 3 inputs of 2 levels and 3 times 3 inputs of 2 levels "
            "needs 2 groups of 48 axons; chip.core.fan_in_groups is 1");
}

TEST(Branches, PotentialsAreThoseOfAllTermsWithTheirFactors) {
  // Positive: 1 weight of 2 levels and 3 * 2 of 2 levels, in total 14. Negative: 2 + 6 = 8.
  arch::ChipDescription chip = test::chip_of_small_cores();
  chip.core.potential_bits = 5;
  EXPECT_EQ(error_of(residual(), chip), "");
  chip.core.potential_bits = 4;
  EXPECT_THAT(error_of(residual(), chip),
              HasSubstr("ranges from -8 to 14, which needs 5 bits; chip.core.potential_bits is 4"));
}

class VerifyBranches : public ::testing::Test {
 protected:
  VerifyBranches()
      : deployment_(mapper::map_network(network_, {}, test::chip_of_small_cores(), {})) {}

  template <typename Matcher>
  void expect_finding(const Matcher& matcher) const {
    EXPECT_THAT(mapper::verify(deployment_, network_, 1000), Contains(matcher));
  }

  SpikingNetwork network_ = residual();
  Deployment deployment_;
};

TEST_F(VerifyBranches, SeesAnotherFactor) {
  network_.layers[2].terms[1].repeat = 2;
  expect_finding(
      HasSubstr("has weight 3 from source layer 1, neuron 0, level 0 in 3 synapses of "
                "+1 and 0 of -1, not 2 and 0"));
}

TEST_F(VerifyBranches, SeesTermsThatAreExchanged) {
  std::swap(network_.layers[2].terms[0].source, network_.layers[2].terms[1].source);
  expect_finding(HasSubstr("from source layer 0, neuron 0, level 0"));
  expect_finding(HasSubstr("from source layer 1, neuron 0, level 0"));
}

TEST_F(VerifyBranches, SeesATermThatIsMissing) {
  network_.layers[2].terms.pop_back();
  expect_finding(HasSubstr("which is not of a layer that reads it"));
}

TEST_F(VerifyBranches, SeesATermThatWasNotMapped) {
  network_.layers[2].terms.push_back(network_.layers[2].terms[0]);
  expect_finding(HasSubstr("from source layer 0, neuron 0, level 0"));
}

}  // namespace
}  // namespace spikeloom
