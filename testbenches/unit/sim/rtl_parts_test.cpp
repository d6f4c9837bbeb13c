// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/rtl_parts.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "testbenches/unit/support/chips.h"

namespace spikeloom::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StrEq;

/// 3 x 2 cores, of which the first two and the last are in use.
arch::Deployment deployment() {
  arch::Deployment deployment;
  deployment.chip = test::small_chip();
  for (const int core : {0, 1, 5}) deployment.cores.push_back({core, {}, {}});
  return deployment;
}

std::string refusal(const std::string& text, const arch::Deployment& on) {
  try {
    parse_rtl(text, on);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return {};
}

TEST(RtlParts, ItemsNameCoresRoutersAndTheNetwork) {
  const RtlParts parts = parse_rtl("core=2,1;router=1,0;core=0,0;router=1,1", deployment());
  EXPECT_THAT(parts.cores, ElementsAre(0, 5));
  EXPECT_THAT(parts.routers, ElementsAre(1, 4));
  EXPECT_FALSE(parts.network);
  const RtlParts network = parse_rtl("network", deployment());
  EXPECT_TRUE(network.network);
  EXPECT_THAT(network.cores, IsEmpty());
  EXPECT_THAT(network.routers, IsEmpty());
}

TEST(RtlParts, AStarIsAllCoresInUseAndAllRouters) {
  const RtlParts parts = parse_rtl("router=*;core=*", deployment());
  EXPECT_THAT(parts.cores, ElementsAre(0, 1, 5));
  EXPECT_THAT(parts.routers, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(RtlParts, RoutersOfAQuadtreeHaveLevels) {
  arch::Deployment tree = deployment();
  tree.chip.topology = arch::TopologyKind::kQuadtree;
  tree.chip.mesh = {4, 4};
  // Four routers of level 1, then the root.
  EXPECT_THAT(parse_rtl("router=1,1,0;router=2,0,0", tree).routers, ElementsAre(1, 4));
  EXPECT_THAT(refusal("router=1,0", tree),
              StrEq("--rtl: got router=1,0, allowed router=* or router=LEVEL,X,Y; the quadtree has "
                    "router[1:2,X,Y]"));
}

TEST(RtlParts, EveryItemThatNamesNothingIsNamed) {
  EXPECT_THAT(
      refusal("core=3,0;router=0,2;net;core=1;router;;core=-1,0;core=0,0", deployment()),
      StrEq("--rtl: got core=3,0, allowed core=X,Y with X in 0..2 and Y in 0..1, or core=*\n"
            "--rtl: got router=0,2, allowed router=* or router=X,Y; the mesh has router[0:2,0:1]\n"
            "--rtl: got net, allowed core=X,Y  core=*  router=X,Y  router=*  network; several: "
            "'network;core=0,0'\n"
            "--rtl: got core=1, allowed core=X,Y with X in 0..2 and Y in 0..1, or core=*\n"
            "--rtl: got router, allowed core=X,Y  core=*  router=X,Y  router=*  network; several: "
            "'network;core=0,0'\n"
            "--rtl: got nothing, allowed core=X,Y  core=*  router=X,Y  router=*  network; several: "
            "'network;core=0,0'\n"
            "--rtl: got core=-1,0, allowed core=X,Y with X in 0..2 and Y in 0..1, or core=*"));
}

TEST(RtlParts, RoutersInRtlKnowNoDeadLinks) {
  arch::Deployment damaged = deployment();
  damaged.chip.defects.links = {{{0, 1, 0}, {0, 2, 0}}};
  for (const char* text : {"router=1,0", "network"}) {
    std::string error;
    try {
      board_parts(parse_rtl(text, damaged), damaged.chip, hw::Timing::kCycle, nullptr);
    } catch (const base::UserError& refused) {
      error = refused.what();
    }
    EXPECT_EQ(error,
              "--rtl: routers and network in RTL know no dead links: got a chip with "
              "defects.links, allowed core=... alone");
  }
}

}  // namespace
}  // namespace spikeloom::sim
