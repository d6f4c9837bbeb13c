// SPDX-License-Identifier: Apache-2.0
// Tests the costs of plans, and that each objective minimizes the cost that it names.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/mapper/place/piece_placement.h"
#include "spikeloom/mapper/plan/layer_readers.h"
#include "spikeloom/mapper/plan/plan_choice.h"
#include "spikeloom/mapper/plan/plan_descent.h"
#include "spikeloom/mapper/verify/verify.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom {
namespace {

using mapper::LayerChoice;
using mapper::make_choice;
using mapper::make_geometry;
using mapper::Objective;
using mapper::PlanCost;
using mapper::PlanCosts;
using mapper::PlanParetoFront;
using mapper::PlanPoint;
using mapper::PlanSearch;
using ::testing::IsEmpty;

constexpr std::int64_t kMaxChoices = 20000;

mapper::EnergyCoefficients some_energy() {
  return {2.0, 7.0, 1.0, 26.0, 0.1, 21.0, 15.0, 6.4, 320.0, 480.0, 2.0, 1.0};
}

std::vector<LayerChoice> choices_of(const converter::SpikingNetwork& network,
                                    const arch::ChipDescription& chip) {
  std::vector<LayerChoice> choices;
  for (const converter::SpikingLayer& layer : network.layers) {
    choices.push_back(make_choice(make_geometry(layer, chip.core), chip.core));
  }
  return choices;
}

std::int64_t number_of(const std::vector<LayerChoice>& choices) {
  std::int64_t number = 1;
  for (const LayerChoice& layer : choices) {
    number *= static_cast<std::int64_t>(layer.candidates.size());
    if (number == 0 || number > kMaxChoices) return 0;
  }
  return number;
}

/// A choice of one plan per layer, evaluated independently of PlanSearch.
struct Choice {
  int cores = 0;
  PlanCost cost;
  std::int64_t busiest = 0;
};

/// Returns std::nullopt if a block lacks route entries.
std::optional<Choice> look_at(const std::vector<LayerChoice>& layers, const PlanSearch& search,
                              const arch::CoreDescription& core, const PlanCosts& costs,
                              const std::vector<int>& plans) {
  const mapper::LayerReaders consumers(layers, &LayerChoice::geometry);
  Choice choice;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const auto plan = static_cast<std::size_t>(plans[l]);
    const mapper::PlanCandidate& candidate = layers[l].candidates[plan];
    const std::vector<mapper::Consumer>& readers = consumers.of(static_cast<int>(l));
    long long routes = readers.empty() ? candidate.neurons : 0;
    for (const mapper::Consumer& reader : readers) {
      const auto reader_plan = static_cast<std::size_t>(plans[reader.layer]);
      routes += route_need(layers[l].maps[plan],
                           layers[reader.layer].maps[reader_plan].terms()[reader.term]);
    }
    if (routes > layers[l].route_entries) return std::nullopt;
    choice.cores += candidate.cores;
    choice.cost = choice.cost + costs[l][plan];
    choice.busiest = std::max(choice.busiest, expected_cycles(search.work(l, plans), core));
  }
  return choice;
}

std::vector<Choice> all_choices(const std::vector<LayerChoice>& layers, const PlanSearch& search,
                                const arch::CoreDescription& core, const PlanCosts& costs) {
  std::vector<Choice> choices;
  std::vector<int> plans(layers.size());
  for (;;) {
    if (const auto choice = look_at(layers, search, core, costs, plans)) {
      choices.push_back(*choice);
    }
    std::size_t l = 0;
    while (l < plans.size() && ++plans[l] == static_cast<int>(layers[l].candidates.size())) {
      plans[l++] = 0;
    }
    if (l == plans.size()) return choices;
  }
}

/// Compares the front with enumeration: no choice dominates a point, and each choice is matched or
/// dominated by a point.
void expect_front(const PlanParetoFront& front, const std::vector<Choice>& choices,
                  std::int64_t max_cycles) {
  bool any = false;
  for (const Choice& choice : choices) {
    if (choice.busiest > max_cycles) continue;
    any = true;
    EXPECT_TRUE(std::any_of(front.points.begin(), front.points.end(), [&](const PlanPoint& point) {
      return point.cores <= choice.cores && point.cost.first <= choice.cost.first;
    }));
    for (const PlanPoint& point : front.points) {
      EXPECT_FALSE(choice.cores <= point.cores && choice.cost.first <= point.cost.first &&
                   (choice.cores < point.cores || choice.cost < point.cost))
          << choice.cores << " " << choice.cost.first;
    }
  }
  EXPECT_EQ(any, !front.points.empty());
  for (std::size_t i = 1; i < front.points.size(); ++i) {
    EXPECT_LT(front.points[i - 1].cores, front.points[i].cores);
    EXPECT_GT(front.points[i - 1].cost.first, front.points[i].cost.first);
  }
}

/// Checks the fronts of random networks, which `make` generates from seeds.
template <typename Make>
void expect_fronts(Make make, std::uint64_t seeds, int min_compared) {
  int compared = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    test::Random random(seed);
    const converter::SpikingNetwork network = make(random);
    const arch::ChipDescription chip = test::random_chip(random);
    const std::vector<LayerChoice> layers = choices_of(network, chip);
    if (number_of(layers) == 0) continue;
    ++compared;
    const PlanSearch search(layers, chip.core);
    for (const PlanCosts& costs :
         {mapper::traffic_costs(layers), mapper::energy_costs(layers, chip, some_energy())}) {
      const std::vector<Choice> choices = all_choices(layers, search, chip.core, costs);
      expect_front(search.front(costs), choices, PlanSearch::kNoLimit);
      const std::vector<std::int64_t> cycles = search.busiest_cycles();
      const std::int64_t limit = cycles[cycles.size() / 2];
      expect_front(search.front(costs, limit), choices, limit);
    }
  }
  EXPECT_GE(compared, min_compared);
}

TEST(PlanSearch, FindsTheFrontThatEnumerationFinds) { expect_fronts(test::random_chain, 150, 30); }

// PlanDescent is not proven to find the whole front, but it does so for all of these networks.
TEST(PlanSearch, FindsTheFrontOfNetworksWithBranchesToo) {
  expect_fronts([](test::Random& random) { return test::random_network(random); }, 150, 40);
}

TEST(PlanDescent, FindsTheFrontOfLargeChains) {
  const arch::ChipDescription chip = test::chip_file("reference");
  for (const converter::SpikingNetwork& network : {test::lenet(), test::vgg()}) {
    const std::vector<LayerChoice> layers = choices_of(network, chip);
    const PlanCosts costs = mapper::traffic_costs(layers);
    const PlanParetoFront exact = PlanSearch(layers, chip.core).front(costs);
    const mapper::PlanGraph graph(layers, chip.core);
    const PlanParetoFront found = mapper::PlanDescent(graph, costs, PlanSearch::kNoLimit).front();
    ASSERT_EQ(found.points.size(), exact.points.size());
    for (std::size_t i = 0; i < exact.points.size(); ++i) {
      EXPECT_EQ(found.points[i].cores, exact.points[i].cores);
      EXPECT_EQ(found.points[i].cost.first, exact.points[i].cost.first);
    }
  }
}

TEST(PlanSearch, FollowsRouteEntries) {
  const arch::ChipDescription chip = [] {
    arch::ChipDescription reference = test::small_chip();
    reference.core.axons = 1152;
    reference.core.fan_in_groups = 64;
    reference.core.route_entries = 2048;
    return reference;
  }();
  const converter::SpikingNetwork network = test::lenet();
  std::vector<LayerChoice> layers{
      make_choice(make_geometry(network.layers.front(), chip.core), chip.core)};
  const auto front = [&] {
    return PlanSearch(layers, chip.core).front(mapper::traffic_costs(layers));
  };
  EXPECT_EQ(front().points.front().cores, 36);
  EXPECT_EQ(front().points.back().cores, 48);
  EXPECT_EQ(front().points.back().cost.first, 16 * 28 * 28 * 4);
  // With few route entries blocks have fewer neurons, which takes more cores.
  layers[0].route_entries = 64;
  EXPECT_GE(front().points.front().cores, 9216 / 64);
  layers[0].route_entries = 0;
  EXPECT_THAT(front().points, IsEmpty());
  EXPECT_EQ(front().failed_layer, 0);
  EXPECT_EQ(front().routes_needed, 1);
}

struct Mapped {
  arch::Deployment deployment;
  mapper::MappingReport report;
};

Mapped map_for(Objective objective, const converter::SpikingNetwork& network,
               const arch::ChipDescription& chip) {
  mapper::MapOptions options;
  options.objective = objective;
  options.energy = some_energy();
  options.effort = 1;
  Mapped mapped;
  mapped.deployment = mapper::map_network(network, {}, chip, options, &mapped.report);
  return mapped;
}

TEST(Objectives, MinimizeWhatTheySay) {
  int mapped = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    test::Random random(seed);
    const converter::SpikingNetwork network = test::random_chain(random);
    const arch::ChipDescription chip = test::random_chip(random);
    std::map<Objective, Mapped> by;
    try {
      for (const Objective objective :
           {Objective::kCores, Objective::kTraffic, Objective::kEnergy, Objective::kBalance}) {
        by[objective] = map_for(objective, network, chip);
        EXPECT_THAT(mapper::verify(by[objective].deployment, network), IsEmpty());
        EXPECT_EQ(by[objective].report.plans.objective, objective);
      }
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("chip."));
      continue;
    }
    ++mapped;
    const auto plans = [&](Objective objective) { return by[objective].report.plans.chosen; };
    const auto& front = by[Objective::kCores].report.plans.front;
    const bool fits_all = front.back().cores <= chip.grid().cores();
    for (const auto& [objective, other] : by) {
      EXPECT_LE(plans(Objective::kCores).cores, plans(objective).cores);
      if (fits_all) {
        EXPECT_LE(plans(Objective::kTraffic).packets_per_spike,
                  plans(objective).packets_per_spike + 1e-12);
      }
      // Holds if each block has a core of its own.
      const auto& balance = by[Objective::kBalance].report;
      if (balance.cores == balance.plans.chosen.cores) {
        EXPECT_LE(balance.busiest().cycles, other.report.busiest().cycles);
      }
    }
    EXPECT_EQ(plans(Objective::kCores).cores, front.front().cores);
    if (fits_all) {
      EXPECT_DOUBLE_EQ(plans(Objective::kTraffic).packets_per_spike,
                       front.back().packets_per_spike);
    }
  }
  EXPECT_GE(mapped, 30);
}

TEST(Objectives, TakeThePacketsThatTheBoardHasCoresFor) {
  // LeNet takes 68 cores with plans of one packet per spike, and at least 52.
  arch::ChipDescription chip = test::chip_file("reference");
  const converter::SpikingNetwork network = test::lenet();
  std::set<int> taken;
  for (const auto& [columns, rows] :
       {std::pair(17, 4), std::pair(11, 6), std::pair(12, 5), std::pair(14, 4), std::pair(13, 4)}) {
    chip.mesh = {columns, rows};
    SCOPED_TRACE(chip.mesh.cores());
    const Mapped mapped = map_for(Objective::kTraffic, network, chip);
    EXPECT_THAT(mapper::verify(mapped.deployment, network), IsEmpty());
    const mapper::ParetoPoint& chosen = mapped.report.plans.chosen;
    taken.insert(chosen.cores);
    // No plan with fewer packets can be placed.
    const std::vector<LayerChoice> layers = choices_of(network, chip);
    const PlanParetoFront front =
        PlanSearch(layers, chip.core).front(mapper::traffic_costs(layers));
    for (const PlanPoint& point : front.points) {
      if (point.cores <= chosen.cores) continue;
      std::vector<mapper::LayerMap> maps;
      for (std::size_t l = 0; l < layers.size(); ++l) {
        maps.push_back(layers[l].maps[static_cast<std::size_t>(point.plans[l])]);
      }
      const mapper::Traffic traffic(maps, mapper::uniform_spikes(maps));
      EXPECT_FALSE(
          mapper::place_pieces(maps, traffic, chip, arch::UsableCores(chip), 1).has_value())
          << point.cores;
    }
  }
  EXPECT_GE(taken.size(), 3U);
}

TEST(BlockWork, IsTimedByTheContract) {
  // 20 bitmap words and a fifth of 300 row words. 40 dendrites gathered by 16 neurons: a fifth of
  // 200 packets take fewer cycles than FIRE, a fifth of 400 take more.
  arch::CoreDescription core = test::small_chip().core;
  core.timing = {64, 256, 1, 1, 1, 1};
  mapper::BlockWork work{20, 300, 40, 16, 200};
  EXPECT_EQ(expected_cycles(work, core), 20 + 60 + (40 + 16));
  work.packets = 400;
  EXPECT_EQ(expected_cycles(work, core), 20 + 60 + 80);
  core.timing.emit_cycles_per_packet = 2;
  EXPECT_EQ(expected_cycles(work, core), 20 + 60 + 160);
  core.timing = {64, 256, 2, 3, 4, 1};
  work.packets = 0;
  EXPECT_EQ(expected_cycles(work, core), 20 + 60 + (40 * 3 + 16 * 4) / 2);
  core.timing.cycles_per_word = 5;
  EXPECT_EQ(expected_cycles(work, core), 20 + 300 + (40 * 3 + 16 * 4) / 2);
  // All rows of dendrites are read, whatever the spikes.
  core.rows = arch::CrossbarRows::kDendrites;
  EXPECT_EQ(expected_cycles(work, core), 20 + 1500 + (40 * 3 + 16 * 4) / 2);
}

TEST(PlanCandidate, CountsTheWorkOfItsFullestBlock) {
  // 6 x 6 inputs of one level, 3 x 3 windows, 4 x 4 outputs of 2 channels. Everything fits one
  // group of one core: 32 dendrites in 2 words of 16 columns, 36 axons in 3 words of 16.
  const converter::SpikingNetwork network =
      test::NetworkBuilder("net", {1, 6, 6}, 1, 1).convolution(2, 3).build();
  arch::ChipDescription chip = test::chip_of_small_cores();
  chip.core.timing = {16, 16, 1, 1, 1, 1};
  const auto plans =
      mapper::search_plans(make_geometry(network.layers.front(), chip.core), chip.core);
  const mapper::PlanCandidate& plan = plans.front();
  EXPECT_EQ(plan.cores, 1);
  EXPECT_EQ(plan.packets, 36);
  EXPECT_EQ(plan.writes, 36);
  EXPECT_EQ(plan.reached, 36);
  EXPECT_EQ(plan.row_words, 72);
  EXPECT_EQ(plan.dendrites, 32);
  EXPECT_EQ(plan.work.row_words, 72);
  EXPECT_EQ(plan.work.scan_words, 3);
  EXPECT_EQ(plan.work.dendrites, 32);
  EXPECT_EQ(plan.work.neurons, 32);
  // A fifth of the 36 axons is set: 7.2 writes and 14.4 words. All energies are in femtojoules.
  std::vector<LayerChoice> layers{
      make_choice(make_geometry(network.layers.front(), chip.core), chip.core)};
  mapper::EnergyCoefficients energy;
  energy.axon_write = 1.0;
  energy.row_word_read = 10.0;
  energy.scan_word = 100.0;
  energy.gather = 1000.0;
  EXPECT_EQ(energy_costs(layers, chip, energy)[0][0].first, 7'200 + 144'000 + 300'000 + 32'000'000);
  energy = {};
  energy.router_traversal = 3.0;
  energy.link_transfer = 2.0;
  energy.host_transfer = 10.0;
  EXPECT_EQ(energy_costs(layers, chip, energy)[0][0].first, 72'000 + (7'200 + 7'200) * 5);
  energy = {};
  energy.active_core_cycle = 3.0;
  energy.idle_core_cycle = 1.0;
  energy.chip_cycle = 5.0;
  // 7.2 spikes of 6 cycles each: the energy of the chip, of 144 idle cores, and the additional
  // energy of an active core.
  EXPECT_EQ(energy_costs(layers, chip, energy)[0][0].first, 43'200LL * (5 + 144 + 2));
}

}  // namespace
}  // namespace spikeloom
