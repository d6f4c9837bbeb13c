// SPDX-License-Identifier: Apache-2.0
// Shares hold each image of a run once, and their results together are those of one process,
// whoever simulates them and in whatever order they end.
#include "spikeloom/sim/simulation/share.h"

#include <csignal>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "spikeloom/base/error.h"
#include "spikeloom/hw/network/router_network.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/sim/simulation/range_codec.h"
#include "spikeloom/sim/simulation/share_processes.h"
#include "spikeloom/sim/simulation/share_server.h"
#include "spikeloom/sim/simulation/workers.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"

namespace spikeloom::sim {
namespace {

using Kind = ShareReport::Kind;

constexpr std::size_t kImages = 12;

/// Two layers, so that one image is behind another in the pipeline.
class Shares : public testing::Test {
 protected:
  explicit Shares(const arch::ChipDescription& chip = test::small_chip())
      : network_(test::NetworkBuilder("net", {1, 6, 6}, 2, 1)
                     .convolution(2, 3)
                     .convolution(2, 3)
                     .build()),
        deployment_(mapper::map_network(network_, network_.encode(), chip, {})),
        simulation_{deployment_, network_, data_, hw::Timing::kCycle, nullptr, nullptr} {
    const converter::Shape& input = network_.encoder.input;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(input.size()) * kImages);
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      pixels[i] = static_cast<std::uint8_t>(i * i % 251);
    }
    data_.set_pixels(kImages, input, std::move(pixels));
    data_.labels.resize(kImages);
  }

  std::vector<std::uint8_t> whole() const {
    return encode_range(run_workers(simulation_, 0, kImages, 1, nullptr));
  }

  converter::SpikingNetwork network_;
  arch::Deployment deployment_;
  DataSet data_;
  Simulation simulation_;
};

/// Returns "first+count" of each share.
std::vector<std::string> texts(const std::vector<Share>& shares) {
  std::vector<std::string> list;
  for (const Share& share : shares) {
    list.push_back(std::to_string(share.range.first) + "+" + std::to_string(share.range.count));
  }
  return list;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(Shares, HoldEachImageOnce) {
  EXPECT_THAT(texts(cut_into_shares(simulation_, 0, 10, 1)), ElementsAre("0+10"));
  EXPECT_THAT(texts(cut_into_shares(simulation_, 5, 10, 4)),
              ElementsAre("5+2", "7+3", "10+2", "12+3"));
  EXPECT_THAT(texts(cut_into_shares(simulation_, 5, 2, 4)), ElementsAre("5+1", "6+1"));
  EXPECT_THAT(texts(cut_into_shares(simulation_, 5, 2, 0)), ElementsAre("5+2"));
}

TEST_F(Shares, HoldWhatIsNotDone) {
  EXPECT_THAT(texts(cut_into_shares(simulation_, 5, 10, 2, {{8, 2}})),
              ElementsAre("5+3", "10+2", "12+3"));
  EXPECT_THAT(texts(cut_into_shares(simulation_, 5, 10, 1, {{5, 4}, {13, 2}})), ElementsAre("9+4"));
  EXPECT_THAT(texts(cut_into_shares(simulation_, 5, 10, 3, {{5, 4}, {9, 6}})), IsEmpty());
}

TEST_F(Shares, BeginWithTheImagesThatFillThePipeline) {
  ASSERT_EQ(simulation_.schedule().images_behind(), 2);
  const std::vector<Share> shares = cut_into_shares(simulation_, 5, 4, 4);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    EXPECT_EQ(shares[i].range.preload, std::min<std::size_t>(i, 2)) << i;
    EXPECT_EQ(shares[i].range.measure_latency, i == 0) << i;
    EXPECT_EQ(shares[i].traced, i == 0) << i;
  }
  simulation_.timing = hw::Timing::kFunctional;
  EXPECT_FALSE(cut_into_shares(simulation_, 5, 4, 4)[0].range.measure_latency);
}

TEST_F(Shares, AreOneIfImagesDependOnThoseBefore) {
  deployment_.chip.sync.tick_cycles = 1000;
  deployment_.chip.sync.late_spikes = arch::LateSpikes::kDrop;
  EXPECT_THAT(texts(cut_into_shares(simulation_, 0, 10, 4)), ElementsAre("0+10"));
  deployment_.chip.sync.late_spikes = arch::LateSpikes::kFail;
  EXPECT_THAT(cut_into_shares(simulation_, 0, 10, 4), testing::SizeIs(4));
}

TEST_F(Shares, AreAsManyAsSuit) {
  // A share has at least 20 * (32 + images behind) images, but each worker has one.
  EXPECT_EQ(suitable_shares(simulation_, 100, 1), 1);
  EXPECT_EQ(suitable_shares(simulation_, 100, 4), 4);
  EXPECT_EQ(suitable_shares(simulation_, 2 * 680 - 1, 1), 1);
  EXPECT_EQ(suitable_shares(simulation_, 2 * 680, 1), 2);
  EXPECT_EQ(suitable_shares(simulation_, 3 * 4 * 680, 4), 12);
  EXPECT_EQ(suitable_shares(simulation_, 8 * 4 * 8 * 680, 4), 32);
  // None has more than eight times that.
  EXPECT_EQ(suitable_shares(simulation_, 1000000, 4), 183);
  EXPECT_EQ(suitable_shares(simulation_, 100, 0), 1);
  EXPECT_EQ(suitable_shares(simulation_, 100, 4, 30), 4);
  EXPECT_EQ(suitable_shares(simulation_, 100, 1, 7), 15);
  simulation_.timing = hw::Timing::kFunctional;
  EXPECT_EQ(suitable_shares(simulation_, 2 * 8192 - 1, 1), 1);
  EXPECT_EQ(suitable_shares(simulation_, 2 * 8192, 1), 2);
  simulation_.observe = [](const Observation&) {};
  EXPECT_EQ(suitable_shares(simulation_, 1000000, 3), 3);
}

TEST_F(Shares, AreMessages) {
  const Share share = Share::decode(Share{{7, 5, 2, true}, true}.encode());
  EXPECT_EQ(share.range.first, 7);
  EXPECT_EQ(share.range.count, 5);
  EXPECT_EQ(share.range.preload, 2);
  EXPECT_TRUE(share.range.measure_latency && share.traced);
  const std::string body("a b\n\0c", 6);
  const ShareReport report = ShareReport::decode(ShareReport{Kind::kResult, 12, 3, body}.encode());
  EXPECT_EQ(report.kind, Kind::kResult);
  EXPECT_EQ(report.first, 12);
  EXPECT_EQ(report.images, 3);
  EXPECT_EQ(report.body, body);
  EXPECT_TRUE(report.last());
  EXPECT_FALSE(ShareReport{}.last());
}

TEST_F(Shares, GiveTheResultOfOneProcess) {
  const std::vector<std::uint8_t> expected = whole();
  for (const std::size_t number : {2, 5, 12}) {
    const std::vector<Share> shares = cut_into_shares(simulation_, 0, kImages, number);
    base::Progress progress(nullptr, "images", kImages);
    ShareProcesses processes(simulation_, 3);
    EXPECT_EQ(encode_range(run_shares(shares, processes, progress)), expected) << number;
    ShareServer server(simulation_, 2);
    EXPECT_EQ(encode_range(run_shares(shares, server, progress)), expected) << number;
  }
}

TEST_F(Shares, ThatAreDoneAreNotRunAgain) {
  const std::vector<std::uint8_t> expected = whole();
  base::Progress progress(nullptr, "images", kImages);
  ShareProcesses processes(simulation_, 1);
  ShareResults kept;
  const std::vector<Share> shares = cut_into_shares(simulation_, 0, kImages, 4);
  run_shares(shares, processes, progress, {}, [&](const Share& share, const RangeResult& result) {
    kept.emplace(share.range.first, decode_range(encode_range(result)));
  });
  // After the last one there is nothing left to keep it for.
  ASSERT_THAT(kept, testing::SizeIs(3));
  const std::size_t last = shares.back().range.first;
  simulation_.observe = [last](const Observation& seen) {
    if (seen.image < last - 2) ::_exit(1);
  };
  const std::vector<Share> left = cut_into_shares(simulation_, 0, kImages, 1, {{0, last}});
  EXPECT_EQ(encode_range(run_shares(left, processes, progress, std::move(kept))), expected);
}

TEST_F(Shares, OfAForeignNetworkHaveNoDeadLinks) {
  simulation_.hardware_faults.dead_links = {{{0, 0, 0}, {0, 1, 0}}};
  simulation_.parts.network = hw::router_networks_with({});
  try {
    run_workers(simulation_, 0, 1, 1, nullptr);
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_STREQ(error.what(),
                 "--rtl: routers and network in RTL know no dead links: got faults.dead_links or "
                 "faults.link_dead, allowed core=... alone");
  }
}

TEST_F(Shares, OfAProcessThatIsKilledAreLost) {
  simulation_.observe = [](const Observation& seen) {
    if (seen.image == 8) ::raise(SIGKILL);
  };
  const std::vector<Share> shares = cut_into_shares(simulation_, 0, kImages, 4);
  base::Progress progress(nullptr, "images", kImages);
  std::size_t kept = 0;
  const auto keep = [&kept](const Share& share, const RangeResult&) { kept += share.range.count; };
  ShareProcesses processes(simulation_, 1);
  EXPECT_THROW(run_shares(shares, processes, progress, {}, keep), WorkerLost);
  EXPECT_EQ(kept, 6);
  ShareServer server(simulation_, 1);
  EXPECT_THROW(run_shares(shares, server, progress), WorkerLost);
}

}  // namespace
}  // namespace spikeloom::sim
