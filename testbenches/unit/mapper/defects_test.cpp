// SPDX-License-Identifier: Apache-2.0
// Maps networks to chips with dead cores and links.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/arch/topology/usable_cores.h"
#include "spikeloom/base/error.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/report/floor_plan.h"
#include "spikeloom/mapper/report/mapping_json.h"
#include "spikeloom/mapper/verify/verify.h"
#include "testbenches/unit/mapper/plans.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom {
namespace {

using arch::ChipDescription;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::string error_of(const converter::SpikingNetwork& network, const ChipDescription& chip) {
  try {
    mapper::map_network(network, {}, chip, {});
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

/// A network whose blocks share no cores.
converter::SpikingNetwork one_layer() {
  return test::NetworkBuilder("net", {3, 7, 7}, 3, 11).convolution(6, 3, 1, 1).build();
}

/// A row of small cores with the host port at its left end.
ChipDescription row_of(int cores) {
  ChipDescription chip = test::chip_of_small_cores();
  chip.mesh = {cores, 1};
  chip.core.route_entries = 65535;
  return chip;
}

int cores_needed() {
  mapper::MappingReport report;
  mapper::MapOptions options;
  options.objective = mapper::Objective::kCores;
  mapper::map_network(one_layer(), {}, row_of(100), options, &report);
  EXPECT_TRUE(std::all_of(report.core_reports.begin(), report.core_reports.end(),
                          [](const mapper::CoreReport& core) { return core.parts.size() == 1; }));
  return report.cores;
}

TEST(MapDefects, ExactlyEnoughSpareCores) {
  const int needed = cores_needed();
  ASSERT_GT(needed, 8);
  ChipDescription chip = row_of(needed + 3);
  chip.defects.cores = {{0, 0}, {4, 0}, {5, 0}};
  mapper::MappingReport report;
  const arch::Deployment deployment = mapper::map_network(one_layer(), {}, chip, {}, &report);
  EXPECT_EQ(static_cast<int>(deployment.cores.size()), needed);
  for (const arch::CoreLabels& core : deployment.cores) {
    EXPECT_THAT(core.core, testing::AllOf(testing::Ne(0), testing::Ne(4), testing::Ne(5)));
  }
  EXPECT_THAT(mapper::verify(deployment, one_layer()), IsEmpty());
  EXPECT_EQ(report.cores_available, needed);
  const std::string missing = "3 dead (chip0.core_0_0, chip0.core_4_0, chip0.core_5_0)";
  EXPECT_EQ(report.missing_cores, missing);
  EXPECT_THAT(mapper::format_table(report), HasSubstr("\ncores not usable: " + missing + "\n"));
  EXPECT_THAT(mapper::floor_plan(report, deployment), HasSubstr("chip0.core_4_0: dead"));
  // One more, and it does not fit.
  chip.defects.cores.push_back({7, 0});
  EXPECT_THAT(
      error_of(one_layer(), chip),
      StartsWith(fmt::format(
          "the network needs {0} cores, {0} of them for layer \"layer1\"; chip.mesh has {1} x 1 = "
          "{1}, of which {2} can be used: 4 dead (chip0.core_0_0, chip0.core_4_0, chip0.core_5_0, "
          "chip0.core_7_0); the smallest square mesh that is large enough is ",
          needed, needed + 3, needed - 1)));
}

TEST(MapDefects, ADeadLinkCutsOffTheEndOfARow) {
  const int needed = cores_needed();
  ChipDescription chip = row_of(needed + 2);
  chip.defects.links = {{{0, needed - 1, 0}, {0, needed, 0}}};
  mapper::MappingReport report;
  const arch::Deployment deployment = mapper::map_network(one_layer(), {}, chip, {}, &report);
  EXPECT_EQ(deployment.cores.back().core, needed - 1);
  EXPECT_THAT(mapper::verify(deployment, one_layer()), IsEmpty());
  const std::string link = fmt::format("({},0) to ({},0)", needed - 1, needed);
  const std::string first = fmt::format("chip0.core_{}_0", needed);
  const std::string second = fmt::format("chip0.core_{}_0", needed + 1);
  EXPECT_EQ(report.missing_cores,
            fmt::format("2 cut off ({} by {}, {} by {})", first, link, second, link));
  EXPECT_EQ(mapper::to_json(report, deployment)["cores_cut_off"],
            nlohmann::ordered_json::parse(
                fmt::format(R"([{{"core": "{}", "link": "{}"}}, {{"core": "{}", "link": "{}"}}])",
                            first, link, second, link)));
  const std::string plan = mapper::floor_plan(report, deployment);
  EXPECT_THAT(plan, HasSubstr(first + ": cut off by " + link));
  EXPECT_THAT(plan, HasSubstr("link " + link + ": dead"));
  chip.defects.links.push_back({{0, needed - 3, 0}, {0, needed - 2, 0}});
  EXPECT_THAT(error_of(one_layer(), chip),
              HasSubstr(fmt::format(", of which {} can be used: 4 cut off (", needed - 2)));
}

TEST(MapDefects, ABoardGrowsRoundThem) {
  const int needed = cores_needed();
  ChipDescription chip = test::chip_of_small_cores();
  chip.core.route_entries = 65535;
  chip.mesh = {5, 5};
  chip.board = {1, 1, true};
  chip.inter_chip = {};
  ASSERT_GT(needed, 15);
  ASSERT_LT(needed, 25);
  EXPECT_EQ(mapper::map_network(one_layer(), {}, chip, {}).chip.board.chips(), 1);
  for (int x = 0; x < 5; ++x) {
    chip.defects.cores.push_back({x, 1});
    chip.defects.cores.push_back({x, 2});
  }
  const arch::Deployment deployment = mapper::map_network(one_layer(), {}, chip, {});
  EXPECT_EQ(deployment.chip.board.chips(), 2);
  EXPECT_EQ(deployment.chip.defects.cores.size(), 10U);
  for (const arch::CoreLabels& core : deployment.cores) {
    EXPECT_FALSE(deployment.chip.is_dead(core.core)) << core.core;
  }
  EXPECT_THAT(mapper::verify(deployment, one_layer()), IsEmpty());
}

/// Every objective, topology and effort: what is mapped uses no dead core and no dead link.
TEST(MapDefects, RandomNetworksOnDamagedChips) {
  int mapped = 0;
  int annealed_differently = 0;
  for (int seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    test::Random random(static_cast<std::uint64_t>(seed));
    const converter::SpikingNetwork network = test::random_network(random);
    ChipDescription chip = test::random_chip(random);
    if (chip.topology == arch::TopologyKind::kMesh && random.chance(50)) {
      chip.topology = arch::TopologyKind::kTorus;
    }
    const std::vector<arch::Link> links = arch::list_links(chip);
    for (int i = random.between(0, 2); i > 0; --i) {
      const arch::Link& link =
          links[static_cast<std::size_t>(random.between(0, static_cast<int>(links.size()) - 1))];
      chip.defects.links.push_back({link.from, link.to});
    }
    for (int core = 0; core < chip.grid().cores(); ++core) {
      if (!random.chance(8)) continue;
      chip.defects.cores.push_back({chip.grid().x(core), chip.grid().y(core)});
    }
    mapper::MapOptions options;
    options.objective = test::random_objective(random);
    options.effort = random.between(0, 3);
    try {
      mapper::MappingReport report;
      const arch::Deployment deployment = mapper::map_network(network, {}, chip, options, &report);
      EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
      const arch::UsableCores usable(deployment.chip);
      for (const arch::CoreLabels& core : deployment.cores) {
        EXPECT_TRUE(usable.usable(core.core)) << core.core;
      }
      annealed_differently += report.traffic.link_cycles < report.traffic.start_link_cycles ? 1 : 0;
      ++mapped;
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(), testing::AnyOf(HasSubstr("chip.core."), HasSubstr("chip.mesh")));
    }
  }
  EXPECT_GT(mapped, 15);
  EXPECT_GT(annealed_differently, 3);
}

TEST(MapDefects, VerifySeesWhatIsDead) {
  const converter::SpikingNetwork network = one_layer();
  ChipDescription chip = test::chip_of_small_cores();
  chip.mesh = {6, 6};
  arch::Deployment deployment = mapper::map_network(network, {}, chip, {});
  const int used = deployment.cores.front().core;
  const std::string name = arch::core_name(chip, used);
  deployment.chip.defects.cores = {{chip.grid().x(used), chip.grid().y(used)}};
  EXPECT_THAT(mapper::verify(deployment, network, 1000),
              Contains(name + ": is written, but is dead"));
  deployment.chip.defects.cores.clear();
  // All that the host sends beyond its column crosses this link.
  deployment.chip.defects.links = {{{0, 0, 0}, {0, 1, 0}}};
  const std::vector<std::string> findings = mapper::verify(deployment, network, 1000);
  EXPECT_THAT(findings, Contains(HasSubstr(" is sent over the dead link (0,0) to (1,0)")));
  EXPECT_THAT(findings, Contains(StartsWith("input ")));
  deployment.chip.defects.links.clear();
  EXPECT_THAT(mapper::verify(deployment, network), IsEmpty());
}

}  // namespace
}  // namespace spikeloom
