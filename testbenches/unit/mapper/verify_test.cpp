// SPDX-License-Identifier: Apache-2.0
// Corrupts one part of a valid deployment after the other; the verifier must detect each.
#include "spikeloom/mapper/verify/verify.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_json.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/mapper/mapper.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"

namespace spikeloom {
namespace {

using arch::CoreRegion;
using arch::Packet;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Verify : public ::testing::Test {
 protected:
  Verify()
      : network_(test::NetworkBuilder("net", {3, 7, 7}, 3, 11)
                     .convolution(6, 3, 1, 1)
                     .max_pool(0, test::square_window(2, 2))
                     .convolution(4, 3)
                     .build()),
        deployment_(mapper::map_network(network_, {}, test::chip_of_small_cores(), {})) {}

  /// Returns a write to `region` of any core.
  arch::Transaction& write_to(CoreRegion region) {
    const auto found = std::find_if(
        deployment_.transactions.begin(), deployment_.transactions.end(),
        [&](const arch::Transaction& transaction) {
          return arch::BusAddress::decode(transaction.address)->region == static_cast<int>(region);
        });
    EXPECT_NE(found, deployment_.transactions.end());
    return *found;
  }

  /// Changes the first 8 bytes of a write.
  template <typename Change>
  static void change_word(arch::Transaction& transaction, Change change) {
    std::vector<std::uint8_t> data(transaction.data.begin(), transaction.data.end());
    std::uint64_t word = 0;
    std::memcpy(&word, data.data(), sizeof word);
    word = change(word);
    std::memcpy(data.data(), &word, sizeof word);
    transaction.data = data;
  }
  template <typename Change>
  void change_word(CoreRegion region, Change change) {
    change_word(write_to(region), change);
  }

  template <typename Matcher>
  void expect_finding(const Matcher& matcher) const {
    EXPECT_THAT(mapper::verify(deployment_, network_, 1000), Contains(matcher));
  }

  converter::SpikingNetwork network_;
  arch::Deployment deployment_;
};

TEST_F(Verify, AcceptsWhatIsRight) {
  EXPECT_THAT(mapper::verify(deployment_, network_), IsEmpty());
  EXPECT_GT(deployment_.cores.size(), 4U);
}

TEST_F(Verify, WithoutMulticastEachPacketIsForOneCore) {
  const auto packets_for_several = [](const arch::Deployment& deployment) {
    const std::vector<std::uint64_t>& packets = deployment.input.packets;
    return std::count_if(packets.begin(), packets.end(),
                         [](std::uint64_t bits) { return Packet(bits).region().cores() > 1; });
  };
  EXPECT_GT(packets_for_several(deployment_), 0);
  arch::ChipDescription chip = test::chip_of_small_cores();
  chip.router.multicast = false;
  const std::size_t before = deployment_.input.packets.size();
  deployment_ = mapper::map_network(network_, {}, chip, {});
  EXPECT_EQ(packets_for_several(deployment_), 0);
  EXPECT_GT(deployment_.input.packets.size(), before);
  EXPECT_THAT(mapper::verify(deployment_, network_), IsEmpty());
}

TEST_F(Verify, WithoutMulticastOfTheHostOnlyItsPacketsAreForOneCore) {
  const auto for_several = [](const std::vector<std::uint64_t>& packets) {
    return std::count_if(packets.begin(), packets.end(), [](std::uint64_t bits) {
      return Packet(bits).kind() == arch::PacketKind::kCore && Packet(bits).region().cores() > 1;
    });
  };
  const auto routes_for_several = [&](const arch::Deployment& deployment) {
    std::int64_t count = 0;
    for (const arch::Transaction& transaction : deployment.transactions) {
      const auto address = arch::BusAddress::decode(transaction.address);
      if (address->region != static_cast<int>(CoreRegion::kRoutes)) continue;
      std::vector<std::uint64_t> words(transaction.data.size() / sizeof(std::uint64_t));
      std::memcpy(words.data(), transaction.data.data(), transaction.data.size());
      count += for_several(words);
    }
    return count;
  };
  // The second layer's channels are on several cores, which read the same neurons.
  network_ = test::NetworkBuilder("wide", {3, 7, 7}, 3, 11)
                 .convolution(6, 3, 1, 1)
                 .convolution(12, 3, 1, 1)
                 .build();
  arch::ChipDescription chip = test::chip_of_small_cores();
  deployment_ = mapper::map_network(network_, {}, chip, {});
  chip.host_port.multicast = false;
  const std::size_t before = deployment_.input.packets.size();
  const std::int64_t routes_before = routes_for_several(deployment_);
  EXPECT_GT(routes_before, 0);
  deployment_ = mapper::map_network(network_, {}, chip, {});
  EXPECT_EQ(for_several(deployment_.input.packets), 0);
  EXPECT_GT(deployment_.input.packets.size(), before);
  EXPECT_GT(routes_for_several(deployment_), 0);
  EXPECT_THAT(mapper::verify(deployment_, network_), IsEmpty());
}

TEST_F(Verify, SeesMulticastThatTheChipHasNot) {
  deployment_.chip.router.multicast = false;
  expect_finding(
      HasSubstr("sends a packet to several cores, which this chip's routers do not support"));
  deployment_.chip.router.multicast = true;
  deployment_.chip.host_port.multicast = false;
  expect_finding(
      HasSubstr("sends a packet to several cores, which this chip's host port does not support"));
}

TEST_F(Verify, WhatIsNotMappedChangesNoMapping) {
  arch::ChipDescription chip = test::chip_of_small_cores();
  chip.name = "other";
  chip.clock_hz *= 2.0;
  chip.voltage_v = 0.8;
  chip.idle_core = arch::IdleCore::kPowerGated;
  chip.sync.barrier_cycles += 3;
  chip.router.fifo_depth += 1;
  chip.router.pipeline_cycles += 1;
  EXPECT_EQ(arch::to_json(mapper::mapped_subset(chip)),
            arch::to_json(mapper::mapped_subset(test::chip_of_small_cores())));
  const arch::Deployment other = mapper::map_network(network_, {}, chip, {});
  EXPECT_EQ(other.input.packets, deployment_.input.packets);
  ASSERT_EQ(other.transactions.size(), deployment_.transactions.size());
  for (std::size_t i = 0; i < other.transactions.size(); ++i) {
    EXPECT_EQ(other.transactions[i].data, deployment_.transactions[i].data);
  }
  EXPECT_EQ(other.chip.clock_hz, chip.clock_hz);
  EXPECT_EQ(other.chip.router.fifo_depth, chip.router.fifo_depth);
}

TEST_F(Verify, CountsWhatItHasLookedAt) {
  mapper::VerifyCounts counts;
  mapper::verify(deployment_, network_, 20, &counts);
  std::uint64_t thresholds = 0;
  std::uint64_t synapses = 0;
  std::uint64_t zeros = 0;
  std::vector<converter::Synapse> taps;
  for (const converter::SpikingLayer& layer : network_.layers) {
    const converter::Term& term = layer.terms.front();
    // One dendrite serves all thresholds of a neuron; in a pooling each threshold has a dendrite.
    const bool pool = layer.kind == converter::LayerKind::kMaxPool;
    const auto axons = static_cast<std::uint64_t>(pool ? 1 : term.input_levels);
    const auto copies = static_cast<std::uint64_t>(pool ? layer.levels() : 1);
    thresholds += static_cast<std::uint64_t>(layer.output.size() * layer.levels());
    for (int c = 0; c < layer.output.channels; ++c) {
      for (int y = 0; y < layer.output.height; ++y) {
        for (int x = 0; x < layer.output.width; ++x) {
          converter::collect_synapses(term, c, y, x, taps);
          for (const converter::Synapse& tap : taps) {
            (tap.weight != 0 ? synapses : zeros) += axons * copies;
          }
        }
      }
    }
  }
  EXPECT_EQ(counts.findings, 0U);
  EXPECT_EQ(counts.transactions, deployment_.transactions.size());
  EXPECT_EQ(counts.cores, deployment_.cores.size());
  EXPECT_EQ(counts.thresholds, thresholds);
  EXPECT_EQ(counts.synapses, synapses);
  EXPECT_EQ(counts.zeros, zeros);
  const converter::SpikingLayer& last = network_.layers.back();
  EXPECT_EQ(counts.outputs, static_cast<std::uint64_t>(last.output.size() * last.levels()));
  EXPECT_GT(counts.packets, counts.outputs);
  EXPECT_GE(counts.axon_writes, counts.packets - counts.outputs);
}

TEST_F(Verify, CountsWhatItDoesNotReturn) {
  for (std::int32_t& threshold : network_.layers.back().thresholds) ++threshold;
  mapper::VerifyCounts counts;
  EXPECT_THAT(mapper::verify(deployment_, network_, 2, &counts), ::testing::SizeIs(2));
  EXPECT_EQ(counts.findings, static_cast<std::uint64_t>(network_.layers.back().output.size() *
                                                        network_.layers.back().levels()));
}

TEST_F(Verify, SeesEveryFlippedWeight) {
  for (const CoreRegion plane : {CoreRegion::kPlusPlane, CoreRegion::kMinusPlane}) {
    arch::Transaction& transaction = write_to(plane);
    const arch::Payload right = transaction.data;
    for (std::size_t byte = 0; byte < right.size(); ++byte) {
      for (int bit = 0; bit < 8; ++bit) {
        // A bit in a column that no neuron gathers has no effect; a set bit always has one.
        if ((right[byte] >> bit & 1) == 0) continue;
        std::vector<std::uint8_t> data(right.begin(), right.end());
        data[byte] = static_cast<std::uint8_t>(data[byte] ^ 1U << bit);
        transaction.data = data;
        expect_finding(HasSubstr("has weight 0 from source"));
      }
    }
    transaction.data = right;
  }
}

TEST_F(Verify, SeesAChangedNetwork) {
  std::int8_t& weight = network_.layers.back().terms.front().weights.front();
  weight = static_cast<std::int8_t>(weight == 1 ? -1 : weight + 1);
  expect_finding(HasSubstr("has weight"));
}

TEST_F(Verify, SeesAWrongThreshold) {
  change_word(CoreRegion::kThresholds, [](std::uint64_t word) { return word + 1; });
  expect_finding(HasSubstr("has threshold"));
}

TEST_F(Verify, SeesARouteToAnotherAxon) {
  change_word(CoreRegion::kRoutes, [](std::uint64_t word) { return word + 1; });
  expect_finding(HasSubstr("has no synapse from source"));
}

TEST_F(Verify, SeesARouteToAnotherGroup) {
  change_word(CoreRegion::kRoutes, [](std::uint64_t word) { return word + (1U << 16); });
  EXPECT_THAT(mapper::verify(deployment_, network_), Not(IsEmpty()));
}

TEST_F(Verify, SeesARouteToTooManyCores) {
  change_word(CoreRegion::kRoutes, [](std::uint64_t word) {
    const Packet packet(word);
    arch::Region region = packet.region();
    ++region.x1;
    return Packet::to_cores(region, packet.group(), packet.axon()).bits();
  });
  EXPECT_THAT(mapper::verify(deployment_, network_), Not(IsEmpty()));
}

TEST_F(Verify, SeesARouteToNowhere) {
  change_word(CoreRegion::kRoutes, [](std::uint64_t) { return std::uint64_t{0}; });
  expect_finding(HasSubstr("sends a packet that no core can receive"));
}

TEST_F(Verify, SeesALostInputRoute) {
  deployment_.input.packets.front() = Packet::to_host(0).bits();
  expect_finding(HasSubstr("reaches the host as output 0"));
}

TEST_F(Verify, SeesARouteTakenTwice) {
  arch::InputRoutes& input = deployment_.input;
  input.packets.insert(input.packets.begin(), input.packets.front());
  std::for_each(input.first.begin() + 1, input.first.end(), [](std::uint32_t& i) { ++i; });
  expect_finding(HasSubstr("which input 0, level 0 already feeds"));
}

TEST_F(Verify, SeesAWrongOutput) {
  for (arch::Transaction& transaction : deployment_.transactions) {
    if (arch::BusAddress::decode(transaction.address)->region !=
        static_cast<int>(CoreRegion::kRoutes)) {
      continue;
    }
    std::uint64_t word = 0;
    std::memcpy(&word, transaction.data.data(), sizeof word);
    if (Packet(word).kind() != arch::PacketKind::kHost) continue;
    change_word(transaction, [](std::uint64_t bits) { return bits + 1; });
    expect_finding(HasSubstr("reaches the host as output"));
    expect_finding(HasSubstr("outputs reach the host"));
    return;
  }
  FAIL() << "no route to the host begins a write";
}

TEST_F(Verify, SeesAWrongLabel) {
  ++deployment_.cores.front().neurons.front().neuron;
  expect_finding(HasSubstr("twice"));
}

TEST_F(Verify, SeesALabelOfFewerThresholds) {
  const int levels = deployment_.cores.back().neurons.back().levels--;
  expect_finding(
      HasSubstr(fmt::format("has {} thresholds, its label says {}", levels, levels - 1)));
}

TEST_F(Verify, SeesADisabledCore) {
  for (arch::Transaction& transaction : deployment_.transactions) {
    const auto address = arch::BusAddress::decode(transaction.address);
    if (address->region == static_cast<int>(CoreRegion::kControl) &&
        address->offset == arch::core_control::kEnable) {
      change_word(transaction, [](std::uint64_t) { return 0; });
      break;
    }
  }
  expect_finding(HasSubstr("it is written but not enabled"));
}

TEST_F(Verify, SeesTransactionsThatTheBusRefuses) {
  arch::Transaction& transaction = write_to(CoreRegion::kGather);
  const arch::Transaction right = transaction;
  transaction.data =
      std::vector<std::uint8_t>(static_cast<std::size_t>(deployment_.chip.bus.max_burst_bytes) + 8);
  expect_finding(HasSubstr("a burst of 72 bytes to gather, allowed 1..64"));
  transaction = right;
  transaction.address += 4;
  expect_finding(HasSubstr("is not a whole number of bus words"));
  transaction = right;
  transaction.address += 1U << 20;
  expect_finding(HasSubstr("a write beyond the 80 bytes of gather"));
  transaction = right;
  transaction.address = arch::core_address(3, CoreRegion::kStatus, 0);
  expect_finding(HasSubstr("chip0.core_3_0: a write to region 1, which is not writable"));
  transaction = right;
  transaction.address = arch::core_address(144, CoreRegion::kGather, 0);
  expect_finding(HasSubstr("where there is no core"));
}

TEST_F(Verify, SeesLimitsExceeded) {
  deployment_.chip.core.potential_bits = 5;
  expect_finding(HasSubstr("may exceed 5 bits"));
  deployment_.chip.core.fan_in_groups = 1;
  expect_finding(HasSubstr("groups, allowed 0..1"));
}

}  // namespace
}  // namespace spikeloom
