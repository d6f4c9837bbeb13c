// SPDX-License-Identifier: Apache-2.0
// Tests dead cores and links: how chip files list them, and which cores they leave usable.
#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/arch/chip_json.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/dead_links.h"
#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/arch/topology/usable_cores.h"
#include "spikeloom/arch/topology/walk.h"
#include "spikeloom/base/error.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/fifo_graph.h"
#include "testbenches/unit/support/random.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::arch {
namespace {

using test::TemporaryFile;
using ::testing::HasSubstr;

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

// ---- Chip files

ChipDescription load(const std::string& more, const std::vector<base::Override>& overrides = {}) {
  const TemporaryFile file(test::kChipFile + more);
  return load_chip(file.path(), overrides);
}

std::string errors(const std::string& more, const std::vector<base::Override>& overrides = {}) {
  const TemporaryFile file(test::kChipFile + more);
  return file.without_path(error_of([&] { load_chip(file.path(), overrides); }));
}

std::string defects(const ChipDescription& chip) { return to_json(chip)["defects"].dump(); }

TEST(DefectFile, IsReadInTheOrderOfTheBoardAndRoundTrips) {
  const ChipDescription chip = load(
      "defects:\n"
      "  cores: [chip0.core_2_1, chip0.core_0_0]\n"
      "  links:\n"
      "    - (2,1) to (2,0)\n"
      "    - (0,0) to (1,0)\n");
  ASSERT_EQ(chip.defects.cores.size(), 2U);
  EXPECT_TRUE(chip.is_dead(0));
  EXPECT_TRUE(chip.is_dead(6));
  EXPECT_FALSE(chip.is_dead(2));
  EXPECT_EQ(defects(chip), R"x({"cores":["chip0.core_0_0","chip0.core_2_1"],)x"
                           R"x("links":["(0,0) to (1,0)","(2,0) to (2,1)"]})x");
  EXPECT_EQ(to_json(chip_from_json(to_json(chip), "f")), to_json(chip));
}

TEST(DefectFile, ChipsWithoutDefectsAreWrittenAsBefore) {
  EXPECT_EQ(to_json(load("")).count("defects"), 0U);
  EXPECT_EQ(to_json(load("defects: {cores: [], links: []}\n")), to_json(load("")));
  EXPECT_EQ(to_json(load("", {{"defects.cores", "[]"}, {"defects.links", "[]"}})),
            to_json(load("")));
}

TEST(DefectFile, AnOverrideIsAList) {
  const ChipDescription chip =
      load("", {{"defects.cores", "[chip0.core_1_0, chip0.core_3_0]"},
                {"defects.links", "['(1,1) to (2,1)', '(0,0) to (0,1)']"}});
  EXPECT_EQ(defects(chip), R"x({"cores":["chip0.core_1_0","chip0.core_3_0"],)x"
                           R"x("links":["(0,0) to (0,1)","(1,1) to (2,1)"]})x");
}

TEST(DefectFile, NamesAreThoseOfTheBoard) {
  const std::string board =
      "board: {columns: 2, rows: 1}\ninter_chip: {link_cycles: 1, flit_bits: 64}\n";
  EXPECT_EQ(
      defects(load(board + "defects: {cores: [chip1.core_4_0], links: ['(3,0) to (4,0)']}\n")),
      R"x({"cores":["chip1.core_4_0"],"links":["(3,0) to (4,0)"]})x");
  EXPECT_EQ(errors(board + "defects: {cores: [chip0.core_4_0]}\n"),
            "PATH:21:19: chip.defects.cores.0: got chip0.core_4_0, allowed chip0.core_0_0 to "
            "chip1.core_7_1");
  const ChipDescription tree =
      load("topology: quadtree\ndefects: {links: ['level 2 (0,0) to level 1 (1,0)']}\n",
           {{"mesh.rows", "4"}});
  EXPECT_EQ(defects(tree), R"x({"cores":[],"links":["level 1 (1,0) to level 2 (0,0)"]})x");
}

TEST(DefectFile, Refusals) {
  EXPECT_EQ(errors("defects: {cores: [chip0.core_1_0, chip0.core_1_2]}\n"),
            "PATH:19:35: chip.defects.cores.1: got chip0.core_1_2, allowed chip0.core_0_0 to "
            "chip0.core_3_1");
  EXPECT_EQ(errors("defects: {cores: [chip0.core_1_0, chip0.core_1_0]}\n"),
            "PATH:19:35: chip.defects.cores.1: chip0.core_1_0 is listed twice");
  EXPECT_EQ(errors("defects: {links: ['(0,0) to (2,0)']}\n"),
            "PATH:19:19: chip.defects.links.0: got (0,0) to (2,0), allowed two routers that a link "
            "joins, as (0,0) to (1,0)");
  EXPECT_EQ(errors("defects: {links: ['(0,0) to (1,0)', '(1,0) to (0,0)']}\n"),
            "PATH:19:37: chip.defects.links.1: (1,0) to (0,0) is listed twice");
  EXPECT_EQ(errors("defects: {colour: red}\n"),
            "PATH:19:19: chip.defects.colour: unknown key, allowed here: cores, links");
  EXPECT_EQ(errors("defects: {cores: {a: 1}}\n"),
            "PATH:19:18: chip.defects.cores: got a mapping, expected a list: [a, b, c]");
  EXPECT_EQ(
      errors("", {{"defects.cores", "[chip0.core_0_0, core_1_0]"}}),
      "--set chip.defects.cores=[chip0.core_0_0, core_1_0]: chip.defects.cores.1: got core_1_0, "
      "allowed chip0.core_0_0 to chip0.core_3_1");
  // Another error hides those of names, which depend on the board.
  EXPECT_EQ(errors("defects: {cores: [none]}\n", {{"mesh.rows", "0"}}),
            "--set chip.mesh.rows=0: chip.mesh.rows: got 0, allowed 1..128");
}

TEST(DefectFile, SomethingIsLeftForTheHost) {
  EXPECT_EQ(errors("defects: {links: ['(2,1) to (3,1)', '(3,0) to (3,1)']}\n"),
            "PATH:19:18: chip.defects.links: all links of the host port's router (3,1) are listed, "
            "allowed all but one");
  EXPECT_EQ(errors("defects: {cores: [chip0.core_3_1, chip0.core_3_0],\n"
                   "          links: ['(2,0) to (3,0)', '(2,1) to (3,1)']}\n"),
            "PATH:19:10: chip.defects: no core can be used: of 8, 2 dead (chip0.core_3_0, "
            "chip0.core_3_1) and 6 cut off (chip0.core_0_0 by (2,0) to (3,0), chip0.core_1_0 by "
            "(2,0) to (3,0), chip0.core_2_0 by (2,0) to (3,0), chip0.core_0_1 by (2,1) to (3,1), "
            "chip0.core_1_1 by (2,1) to (3,1), ...)");
}

TEST(DefectFile, ABoardThatGrowsOpensRings) {
  const std::string torus = "topology: torus\ninter_chip: {link_cycles: 1, flit_bits: 64}\n";
  const std::string ring = "defects: {links: ['(3,0) to (0,0)']}\n";
  EXPECT_EQ(errors(torus + ring), "no error");
  EXPECT_EQ(errors(torus + "board: {grow: true}\n" + ring),
            "PATH:22:18: chip.defects.links: (0,0) to (3,0) closes a ring, which is longer on a "
            "larger board: allowed with board.grow: false");
}

// ---- Usable cores

using Path = std::vector<RouterPlace>;

using Key = std::array<int, 6>;

Key key(const RouterPlace& a, const RouterPlace& b) {
  return std::min(Key{a.level, a.x, a.y, b.level, b.x, b.y},
                  Key{b.level, b.x, b.y, a.level, a.x, a.y});
}

std::set<Key> dead_keys(const ChipDescription& chip) {
  std::set<Key> keys;
  for (const DeadLink& link : chip.defects.links) keys.insert(key(link.from, link.to));
  return keys;
}

/// Follows packets by the rules of docs/network.md, without the topologies' code.
class Follower {
 public:
  explicit Follower(const ChipDescription& chip) : chip_(chip), dead_(dead_keys(chip)) {}

  RouterPlace router_of(int core) const {
    const MeshDescription grid = chip_.grid();
    if (chip_.topology != TopologyKind::kQuadtree) return {0, grid.x(core), grid.y(core)};
    return {1, grid.x(core) / 2, grid.y(core) / 2};
  }
  RouterPlace host() const { return host_place(chip_); }

  bool crosses_dead(const RouterPlace& from, const RouterPlace& to) const {
    const Path path =
        chip_.topology == TopologyKind::kQuadtree ? tree_path(from, to) : grid_path(from, to);
    for (std::size_t i = 1; i < path.size(); ++i) {
      if (dead_.count(key(path[i - 1], path[i])) != 0) return true;
    }
    return false;
  }
  bool in_conflict(int a, int b) const {
    return crosses_dead(router_of(a), router_of(b)) || crosses_dead(router_of(b), router_of(a));
  }
  bool off_host(int core) const {
    return crosses_dead(router_of(core), host()) || crosses_dead(host(), router_of(core));
  }

 private:
  Path grid_path(RouterPlace at, const RouterPlace& to) const {
    Path path = {at};
    const MeshDescription grid = chip_.grid();
    append(path, at.x, to.x, grid.columns, [&](int x) { return RouterPlace{0, x, at.y}; });
    append(path, at.y, to.y, grid.rows, [&](int y) { return RouterPlace{0, to.x, y}; });
    return path;
  }

  template <class Place>
  void append(Path& path, int from, int to, int size, const Place& place) const {
    if (from == to) return;
    const auto way = [&](int step) {
      Path places;
      for (int i = from; i != to;) {
        i = (i + step + size) % size;
        places.push_back(place(i));
      }
      return places;
    };
    const int up = (to - from + size) % size;
    bool upwards = to > from;
    if (chip_.topology == TopologyKind::kTorus) {
      upwards = 2 * up < size;
      if (2 * up == size) upwards = (std::min(from, to) % 2 == 0) == (to > from);
      bool cut = false;
      for (int i = 0; i < size; ++i) {
        cut = cut || dead_.count(key(place(i), place((i + 1) % size))) != 0;
      }
      if (cut) {
        upwards = true;
        for (int i = from; i != to; i = (i + 1) % size) {
          if (dead_.count(key(place(i), place((i + 1) % size))) != 0) upwards = false;
        }
      }
    }
    const Path rest = way(upwards ? 1 : -1);
    path.insert(path.end(), rest.begin(), rest.end());
  }

  Path tree_path(const RouterPlace& from, const RouterPlace& to) const {
    int top = 1;
    while (1 << top < std::max(chip_.grid().columns, chip_.grid().rows)) ++top;
    const auto above = [](const RouterPlace& place, int level) {
      return RouterPlace{level, place.x >> (level - place.level), place.y >> (level - place.level)};
    };
    int meet = std::max(from.level, to.level);
    while (!(above(from, meet) == above(to, meet))) ++meet;
    if (chip_.trunk.exists()) meet = top;
    Path path;
    for (int level = from.level; level <= meet; ++level) path.push_back(above(from, level));
    for (int level = meet - 1; level >= to.level; --level) path.push_back(above(to, level));
    return path;
  }

  const ChipDescription& chip_;
  std::set<Key> dead_;
};

ChipDescription board(TopologyKind kind, test::Random& random, bool tiny) {
  ChipDescription chip = test::small_chip();
  chip.topology = kind;
  if (kind == TopologyKind::kQuadtree) {
    const int side = tiny ? 2 : 1 << random.between(1, 3);
    chip.mesh = {side, side};
    chip.board = {random.between(1, tiny ? 2 : 3), random.between(1, 2)};
    if (random.chance(30)) chip.trunk.cycles_per_packet = 2.0;
  } else {
    chip.mesh = {random.between(1, tiny ? 4 : 9), random.between(1, tiny ? 3 : 9)};
    if (!tiny && random.chance(30)) chip.board = {2, 1};
  }
  chip.host_port.x = random.between(0, chip.grid().columns - 1);
  chip.host_port.y = random.between(0, chip.grid().rows - 1);
  chip.host_port.level = random.between(0, top_level(chip));
  return chip;
}

/// Adds random dead cores and links, as a chip file would list them.
void damage(ChipDescription& chip, test::Random& random, int links, int cores) {
  std::set<Key> listed;
  std::vector<Link> all;
  for (const Link& link : list_links(chip)) {
    if (!link.is_trunk()) all.push_back(link);
  }
  for (int i = 0; i < links && !all.empty(); ++i) {
    const Link& link =
        all[static_cast<std::size_t>(random.between(0, static_cast<int>(all.size()) - 1))];
    if (listed.insert(key(link.from, link.to)).second) {
      chip.defects.links.push_back({link.from, link.to});
    }
  }
  for (int core = 0; core < chip.grid().cores() && cores > 0; ++core) {
    if (!random.chance(100 * cores / chip.grid().cores())) continue;
    chip.defects.cores.push_back({chip.grid().x(core), chip.grid().y(core)});
  }
}

/// Returns the number of cores in the largest usable set, by trying all sets.
int most_usable(const ChipDescription& chip) {
  const Follower follower(chip);
  std::vector<int> cores;
  for (int core = 0; core < chip.grid().cores(); ++core) {
    if (!chip.is_dead(core) && !follower.off_host(core)) cores.push_back(core);
  }
  std::vector<unsigned> conflicts(cores.size());
  for (std::size_t a = 0; a < cores.size(); ++a) {
    for (std::size_t b = 0; b < cores.size(); ++b) {
      if (follower.in_conflict(cores[a], cores[b])) conflicts[a] |= 1U << b;
    }
  }
  int most = 0;
  for (unsigned set = 0; set < 1U << cores.size(); ++set) {
    bool good = true;
    for (std::size_t a = 0; a < cores.size() && good; ++a) {
      good = (set >> a & 1U) == 0 || (set & conflicts[a]) == 0;
    }
    if (good) most = std::max(most, __builtin_popcount(set));
  }
  return most;
}

template <class Check>
void for_each_damage(int rounds, bool tiny, const Check& check) {
  for (std::size_t kind = 0; kind < kTopologies; ++kind) {
    test::Random random(kind + 1);
    int with_cut_off = 0;
    for (int round = 0; round < rounds; ++round) {
      ChipDescription chip = board(static_cast<TopologyKind>(kind), random, tiny);
      damage(chip, random, random.between(0, 5), random.between(0, 3));
      const UsableCores usable(chip);
      SCOPED_TRACE(::testing::Message()
                   << name(chip.topology) << ", round " << round << ": " << to_json(chip).dump());
      with_cut_off += usable.cut_off().empty() ? 0 : 1;
      check(chip, usable);
      if (::testing::Test::HasFatalFailure()) return;
    }
    EXPECT_GT(with_cut_off, rounds / 10) << name(static_cast<TopologyKind>(kind));
  }
}

TEST(UsableCores, NoPacketBetweenThemCrossesADeadLink) {
  for_each_damage(40, false, [](const ChipDescription& chip, const UsableCores& usable) {
    const Follower follower(chip);
    int count = 0;
    for (int a = 0; a < chip.grid().cores(); ++a) {
      if (!usable.usable(a)) continue;
      ++count;
      ASSERT_FALSE(chip.is_dead(a));
      ASSERT_FALSE(follower.off_host(a)) << core_name(chip, a);
      for (int b = 0; b < chip.grid().cores(); ++b) {
        if (!usable.usable(b)) continue;
        ASSERT_FALSE(follower.in_conflict(a, b)) << core_name(chip, a) << core_name(chip, b);
      }
    }
    EXPECT_EQ(count, usable.count());
    EXPECT_EQ(chip.grid().cores(), usable.count() + static_cast<int>(chip.defects.cores.size() +
                                                                     usable.cut_off().size()));
    // Each core that is left out is in the way of the others, or of the host.
    for (const UsableCores::CutOff& core : usable.cut_off()) {
      bool needed = follower.off_host(core.core);
      for (int b = 0; b < chip.grid().cores() && !needed; ++b) {
        needed = usable.usable(b) && follower.in_conflict(core.core, b);
      }
      ASSERT_TRUE(needed) << core_name(chip, core.core);
      ASSERT_LT(core.link, chip.defects.links.size());
    }
  });
}

TEST(UsableCores, AreTheMostThatAreSafe) {
  for_each_damage(80, true, [](const ChipDescription& chip, const UsableCores& usable) {
    ASSERT_EQ(usable.count(), most_usable(chip));
  });
}

using test::acyclic;
using test::Port;

/// Rectangles, by the routes of the hardware: each of their cores gets the packet once, over no
/// dead link, at the hops that the mapper counts, and the FIFOs still have no cycle, whichever
/// cores send.
TEST(UsableCores, RectanglesOfThemAreReachedWithoutDeadLinks) {
  for_each_damage(60, false, [](const ChipDescription& chip, const UsableCores& usable) {
    const DeadLinks dead(chip);
    const MeshDescription grid = chip.grid();
    test::Random random(7);
    with_topology(chip, [&](const auto& topology) {
      using Topology = std::decay_t<decltype(topology)>;
      std::set<std::pair<Port, Port>> waits;
      const auto follow = [&](const Attachment& from, const Region& region) {
        std::vector<int> receivers;
        int links = 0;
        walk(topology, from, topology.destination(Packet::to_cores(region, 0, 0)),
             [&](const Attachment& at, unsigned output) {
               const auto place = topology.place(at.router);
               if (!topology.is_link(place, output)) {
                 receivers.push_back(topology.core(at.router, place, output));
                 return;
               }
               ++links;
               ASSERT_EQ(dead.at(at.router * Topology::kPorts + output), DeadLinks::kNone);
               const Attachment next = topology.next(at.router, place, at.port, output);
               waits.insert({{at.router, at.port}, {next.router, next.port}});
             });
        std::sort(receivers.begin(), receivers.end());
        std::vector<int> expected;
        for (int core = 0; core < grid.cores(); ++core) {
          if (region.contains(grid.x(core), grid.y(core))) expected.push_back(core);
        }
        ASSERT_EQ(receivers, expected);
        ASSERT_EQ(
            topology.hops(topology.router_place(topology.place(from.router)), region, LinkCosts{}),
            links);
      };
      for (int i = 0; i < 200; ++i) {
        const int x0 = random.between(0, grid.columns - 1);
        const int y0 = random.between(0, grid.rows - 1);
        const Region region{x0, y0, std::min(grid.columns - 1, x0 + random.between(0, 3)),
                            std::min(grid.rows - 1, y0 + random.between(0, 3))};
        bool whole = true;
        for (int core = 0; core < grid.cores(); ++core) {
          whole = whole && (usable.usable(core) || !region.contains(grid.x(core), grid.y(core)));
        }
        const int sender = random.between(0, grid.cores() - 1);
        if (!whole) continue;
        if (usable.usable(sender)) follow(topology.core_port(sender), region);
        follow(topology.host_port(), region);
        if (::testing::Test::HasFatalFailure()) return;
      }
      for (int a = 0; a < grid.cores(); ++a) {
        for (int b = 0; b < grid.cores(); ++b) {
          if (!usable.usable(a) || !usable.usable(b)) continue;
          follow(topology.core_port(a), {grid.x(b), grid.y(b), grid.x(b), grid.y(b)});
          if (::testing::Test::HasFatalFailure()) return;
        }
      }
      EXPECT_TRUE(acyclic(waits));
    });
  });
}

ChipDescription with_links(TopologyKind kind, const std::vector<DeadLink>& links) {
  ChipDescription chip = test::small_chip();
  chip.topology = kind;
  chip.mesh = {8, 8};
  chip.defects.links = links;
  return chip;
}

std::vector<int> cut_off(const ChipDescription& chip) {
  std::vector<int> cores;
  const UsableCores usable(chip);
  for (const UsableCores::CutOff& core : usable.cut_off()) cores.push_back(core.core);
  return cores;
}

/// The examples of docs/network.md.
TEST(UsableCores, OfAnEightByEightChip) {
  using ::testing::ElementsAre;
  const DeadLink row{{0, 5, 3}, {0, 6, 3}};
  const DeadLink column{{0, 5, 3}, {0, 5, 4}};
  // The host at (0,0) is left of the row's link: the part of the row beyond it cannot answer.
  EXPECT_THAT(cut_off(with_links(TopologyKind::kMesh, {row})),
              ElementsAre(24, 25, 26, 27, 28, 29, 30, 31));
  EXPECT_THAT(cut_off(with_links(TopologyKind::kMesh, {column})),
              ElementsAre(5, 13, 21, 29, 37, 45, 53, 61));
  EXPECT_THAT(cut_off(with_links(TopologyKind::kTorus, {row, column})), ElementsAre());
  EXPECT_THAT(cut_off(with_links(TopologyKind::kQuadtree, {{{1, 1, 0}, {2, 0, 0}}})),
              ElementsAre(2, 3, 10, 11));
  // Row 3 falls into two parts, of which one does not reach the host, and the other not the columns
  // of the first.
  EXPECT_THAT(cut_off(with_links(TopologyKind::kTorus, {row, {{0, 1, 3}, {0, 2, 3}}})),
              ElementsAre(24, 25, 26, 27, 28, 29, 30, 31));
}

TEST(UsableCores, ManyDeadLinksAreSearched) {
  ChipDescription chip = test::small_chip();
  chip.mesh = {16, 16};
  // All but those in the host's row and column, which would cut off most cores.
  test::Random random(3);
  for (int i = 0; i < 10; ++i) {
    const RouterPlace at{0, random.between(1, 14), random.between(1, 14)};
    const bool along_row = random.chance(50);
    chip.defects.links.push_back({at, {0, at.x + (along_row ? 1 : 0), at.y + (along_row ? 0 : 1)}});
  }
  const UsableCores usable(chip);
  EXPECT_GT(usable.count(), 100);
  const Follower follower(chip);
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      ASSERT_FALSE(usable.usable(a) && usable.usable(b) && follower.in_conflict(a, b));
    }
  }
}

}  // namespace
}  // namespace spikeloom::arch
