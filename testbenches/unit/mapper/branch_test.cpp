// SPDX-License-Identifier: Apache-2.0
// Tests networks with branches against results derived by hand: residual sums, concatenations,
// relays and weight planes.
#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/base/error.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/plan/geometry.h"
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
  builder.sum(1, {kLevels}, {{kEncoder, {}}}).relay(kEncoder);
  builder.sum(1, {kLevels}, {{0, whole}, {1, whole, 1, repeat}});
  SpikingNetwork network = builder.build();
  network.layers[2].terms[0].weights = {1, -1, 0};
  network.layers[2].terms[1].weights = {1, 1, -1};
  return network;
}

/// The same two layers, each connected to two channels of its own.
SpikingNetwork concatenation() {
  test::NetworkBuilder builder("concatenation", {1, 1, 3}, kLevels, 1);
  const converter::Window whole = test::whole_window({1, 1, 3});
  builder.sum(1, {kLevels}, {{kEncoder, {}}}).relay(kEncoder);
  builder.sum(4, {kLevels}, {{0, whole, 1, 1, 0, 2}, {1, whole, 1, 1, 2, 2}});
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

/// A dense layer whose weights are 1, 2 and 4 times ternary ones of the same inputs.
SpikingNetwork three_planes() {
  test::NetworkBuilder builder("planes", {1, 1, 3}, kLevels, 1);
  const converter::Window whole = test::whole_window({1, 1, 3});
  builder.sum(2, {kLevels}, {{kEncoder, whole}, {kEncoder, whole, 1, 2}, {kEncoder, whole, 1, 4}});
  SpikingNetwork network = builder.build();
  network.layers[0].terms[0].weights = {1, 0, -1, 1, 1, 1};
  network.layers[0].terms[1].weights = {1, -1, 0, 0, 0, 1};
  network.layers[0].terms[2].weights = {-1, 1, 1, 1, -1, -1};
  return network;
}

TEST(WeightPlanes, TakeFewerDendrites) {
  const SpikingNetwork network = three_planes();
  arch::ChipDescription chip = test::chip_of_small_cores();
  const std::map<int, int> dendrites = {{1, 1 + 2 + 4}, {2, 1 + 1 + 2}, {3, 3}, {8, 3}};
  for (const auto& [planes, of_neuron] : dendrites) {
    SCOPED_TRACE(planes);
    chip.core.weight_planes = planes;
    mapper::MappingReport report;
    const Deployment deployment = mapper::map_network(network, {}, chip, {}, &report);
    EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
    EXPECT_EQ(report.layers[0].dendrites, 2 * of_neuron);
    // All planes share one group and its 3 inputs of 2 levels.
    EXPECT_EQ(report.layers[0].axon_groups, 1);
    EXPECT_DOUBLE_EQ(report.layers[0].axon_utilization, 6.0 / 48);
    EXPECT_EQ(report.layers[0].packets, 3);
    EXPECT_EQ(deployment.input.first, (std::vector<std::uint32_t>{0, 1, 2, 3}));
    // 5, 3 and 6 weights of 2 levels.
    const int four = of_neuron == 7 ? 4 : of_neuron == 4 ? 2 : 1;
    const int two = of_neuron == 7 ? 2 : 1;
    EXPECT_DOUBLE_EQ(report.layers[0].synapse_utilization,
                     2.0 * (5 + 3 * two + 6 * four) / (40 * 48));
  }
}

TEST(WeightPlanes, AreTermsThatReadTheSameInputsForTheSameOutputs) {
  const converter::Window window = test::square_window(3, 1, 1);
  const std::vector<test::TermSpec> specs = {
      {kEncoder, window, 1, 1},
      {0, window, 1, 1},                         // another source
      {kEncoder, test::square_window(1), 1, 1},  // another window
      {kEncoder, window, 2, 1},                  // other groups
      {kEncoder, window, 1, 1, 0, 2},            // other outputs
      {kEncoder, window, 1, 1, 2, 2},
      {kEncoder, window, 1, 6},  // plane of the first
      {kEncoder, window, 1, 4, 2, 2},
  };
  test::NetworkBuilder builder("terms", {2, 4, 4}, kLevels, 1);
  builder.sum(2, {kLevels}, {{kEncoder, window}}).sum(4, {kLevels}, specs);
  arch::CoreDescription core = test::chip_of_small_cores().core;
  core.weight_planes = 3;
  const std::vector<mapper::TermGeometry> terms =
      mapper::make_geometry(builder.build().layers.back(), core).terms;
  ASSERT_EQ(terms.size(), 6U);
  std::vector<std::vector<std::size_t>> planes;
  for (const mapper::TermGeometry& term : terms) {
    planes.emplace_back();
    for (const mapper::WeightPlane& plane : term.planes) planes.back().push_back(plane.term);
  }
  EXPECT_EQ(planes, (std::vector<std::vector<std::size_t>>{{0, 6}, {1}, {2}, {3}, {4}, {5, 7}}));
  EXPECT_EQ(terms[0].dendrites_per_weight(), 3);
  EXPECT_EQ(terms[0].planes[1].shifts, (std::vector<int>{2, 1}));
  EXPECT_EQ(terms[0].planes[1].factor(), 6);
}

TEST(WeightPlanes, TheReportSaysWhatAFactorCosts) {
  arch::ChipDescription chip = test::chip_of_small_cores();
  const auto line = [&](const SpikingNetwork& network) {
    mapper::MappingReport report;
    mapper::map_network(network, {}, chip, {}, &report);
    const std::string table = format_table(report);
    const std::size_t first = table.find("factor ");
    return first == std::string::npos ? "" : table.substr(first, table.find('\n', first) - first);
  };
  EXPECT_EQ(line(three_planes()),
            "factor 4: 4 dendrites per weight with core.weight_planes: 1, 1 with 3");
  EXPECT_EQ(line(residual()),
            "factor 3: 3 dendrites per weight with core.weight_planes: 1, 2 with 2");
  EXPECT_EQ(line(residual(1)), "");
  chip.core.weight_planes = 2;
  EXPECT_EQ(line(three_planes()),
            "factor 4: 2 dendrites per weight with core.weight_planes: 2, 1 with 3");
  EXPECT_EQ(line(residual()), "");
}

TEST(WeightPlanes, PotentialsCountTheFactor) {
  // Neuron 0: positive 2 * (1 + 2 + 8) = 22, negative 2 * (1 + 2 + 4) = 14.
  arch::ChipDescription chip = test::chip_of_small_cores();
  for (const int planes : {1, 2, 8}) {
    chip.core.weight_planes = planes;
    chip.core.potential_bits = 6;
    EXPECT_EQ(error_of(three_planes(), chip), "");
    chip.core.potential_bits = 5;
    EXPECT_THAT(error_of(three_planes(), chip),
                HasSubstr("ranges from -14 to 22, which needs 6 bits"));
  }
}

TEST(WeightPlanes, ANeuronThatDoesNotFitNamesItsDendrites) {
  arch::ChipDescription chip = test::chip_of_small_cores();
  chip.core.weight_planes = 2;
  chip.core.dendrites = 3;
  EXPECT_EQ(error_of(three_planes(), chip),
            "layer \"layer1\": a neuron with 4 times 3 inputs of 2 levels needs 4 columns; "
            "chip.core.dendrites is 3");
}

class VerifyShifts : public ::testing::Test {
 protected:
  VerifyShifts() {
    arch::ChipDescription chip = test::chip_of_small_cores();
    chip.core.weight_planes = 3;
    deployment_ = mapper::map_network(network_, {}, chip, {});
    const auto gather =
        std::find_if(deployment_.transactions.begin(), deployment_.transactions.end(),
                     [](const arch::Transaction& write) {
                       return arch::BusAddress::decode(write.address)->region ==
                              static_cast<int>(arch::CoreRegion::kGather);
                     });
    table_ = &gather->data;
  }

  arch::GatherEntry entry(std::size_t i) const {
    return arch::GatherEntry::decode(
        static_cast<std::uint16_t>((*table_)[2 * i] | (*table_)[2 * i + 1] << 8), 3);
  }
  void set_shift(std::size_t i, int shift) {
    const std::uint16_t word = arch::GatherEntry{entry(i).dendrite, shift}.encode(3);
    std::vector<std::uint8_t> table(table_->begin(), table_->end());
    table[2 * i] = static_cast<std::uint8_t>(word & 0xff);
    table[2 * i + 1] = static_cast<std::uint8_t>(word >> 8);
    *table_ = table;
  }

  SpikingNetwork network_ = three_planes();
  Deployment deployment_;
  arch::Payload* table_ = nullptr;
};

TEST_F(VerifyShifts, AcceptsTheRightOnes) {
  EXPECT_THAT(mapper::verify(deployment_, network_), IsEmpty());
  const std::vector<int> expected = {0, 1, 2, 0, 1, 2};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(entry(i).shift, expected[i]);
}

TEST_F(VerifyShifts, SeesEveryWrongShift) {
  for (std::size_t i = 0; i < 6; ++i) {
    const int right = entry(i).shift;
    for (int shift = 0; shift < 8; ++shift) {
      if (shift == right) continue;
      SCOPED_TRACE(testing::Message() << "entry " << i << ", shift " << shift);
      set_shift(i, shift);
      const std::vector<std::string> findings = mapper::verify(deployment_, network_, 1000);
      EXPECT_THAT(findings, Contains(HasSubstr("has weight")));
      if (shift >= 3) {
        EXPECT_THAT(findings, Contains(HasSubstr("allowed 0..2 (weight_planes: 3)")));
      }
    }
    set_shift(i, right);
  }
  EXPECT_THAT(mapper::verify(deployment_, network_), IsEmpty());
}

TEST_F(VerifyShifts, SeesShiftsThatAreExchanged) {
  // The weights of neuron 0: 1, 0, -1 once and 1, -1, 0 twice.
  set_shift(0, 1);
  set_shift(1, 0);
  EXPECT_THAT(mapper::verify(deployment_, network_, 1000),
              Contains(HasSubstr("has weight 3 from source input 1, level 0 in 4 synapses of +1 "
                                 "and 1 of -1, not 4 and 2")));
}

TEST_F(VerifyShifts, SeesEveryCorruptedWeight) {
  // Dendrites 0 to 2 hold the planes of neuron 0, dendrites 3 to 5 those of neuron 1.
  const std::size_t row_bytes = arch::plane_row_bytes(deployment_.chip.core);
  int weights = 0;
  for (arch::Transaction& write : deployment_.transactions) {
    const arch::BusAddress address = *arch::BusAddress::decode(write.address);
    if (address.region != static_cast<int>(arch::CoreRegion::kPlusPlane)) continue;
    const arch::Payload right = write.data;
    for (std::size_t i = 0; i < right.size(); ++i) {
      if ((address.offset + i) % row_bytes != 0 || (address.offset + i) / row_bytes >= 6) continue;
      for (int dendrite = 0; dendrite < 6; ++dendrite) {
        SCOPED_TRACE(testing::Message() << "byte " << i << ", dendrite " << dendrite);
        const auto bit = static_cast<std::uint8_t>(1 << dendrite);
        std::vector<std::uint8_t> data(right.begin(), right.end());
        data[i] ^= bit;
        write.data = data;
        EXPECT_THAT(mapper::verify(deployment_, network_, 1000),
                    Contains(HasSubstr("from source input")));
        write.data = right;
        ++weights;
      }
    }
  }
  EXPECT_EQ(weights, 6 * 6);
  EXPECT_THAT(mapper::verify(deployment_, network_), IsEmpty());
}

TEST_F(VerifyShifts, SeesPlanesThatAreExchanged) {
  // The weights of neuron 0 from input 0: 1 once, 1 twice and -1 four times.
  std::swap(network_.layers[0].terms[0].weights, network_.layers[0].terms[2].weights);
  EXPECT_THAT(mapper::verify(deployment_, network_, 1000),
              Contains(HasSubstr("has weight -1 from source input 0, level 0 in 3 synapses of +1 "
                                 "and 4 of -1, not 6 and 1")));
}

TEST_F(VerifyShifts, SeesASparePlane) {
  network_.layers[0].terms[2].weights.assign(6, 0);
  deployment_ = mapper::map_network(network_, {}, deployment_.chip, {});
  network_.layers[0].terms.pop_back();
  EXPECT_THAT(mapper::verify(deployment_, network_, 1000),
              Contains(HasSubstr("has 7 synapses from source input 0, level 0, not 3")));
}

TEST_F(VerifyShifts, SeesPotentialsThatDoNotFit) {
  deployment_.chip.core.potential_bits = 5;
  EXPECT_THAT(mapper::verify(deployment_, network_, 1000),
              Contains(HasSubstr("may exceed 5 bits")));
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
  expect_finding(HasSubstr("where no layer reads it"));
}

TEST_F(VerifyBranches, SeesATermThatWasNotMapped) {
  network_.layers[2].terms.push_back(network_.layers[2].terms[0]);
  expect_finding(HasSubstr("from source layer 0, neuron 0, level 0"));
}

}  // namespace
}  // namespace spikeloom
