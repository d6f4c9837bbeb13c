// SPDX-License-Identifier: Apache-2.0
// Tests waveforms: the file, the signals of cores and routers, and the signals that a scope
// selects.
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/network/router_network.h"
#include "spikeloom/hw/trace/core_tracer.h"
#include "spikeloom/hw/trace/network_tracer.h"
#include "spikeloom/hw/trace/router_list.h"
#include "spikeloom/hw/trace/trace_scope.h"
#include "spikeloom/hw/trace/vcd_writer.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::hw {
namespace {

using arch::ChipDescription;
using arch::Packet;
using test::TemporaryFile;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using Changes = std::vector<std::pair<std::int64_t, std::uint64_t>>;

/// Returns the changes (time, value) of each signal, without the values in $dumpvars.
std::map<std::string, Changes> read(const std::string& text) {
  std::map<std::string, std::string> names;
  std::map<std::string, Changes> changes;
  std::istringstream lines(text);
  std::int64_t time = 0;
  bool dump = false;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word, type, width, code, name;
    words >> word;
    if (word == "$var") {
      words >> type >> width >> code >> name;
      names[code] = name.substr(0, name.find('['));
    } else if (word[0] == '#') {
      time = std::stoll(word.substr(1));
    } else if (word == "$dumpvars") {
      dump = true;
    } else if (word == "$end") {
      dump = false;
    } else if (word[0] == 'b' && !dump) {
      words >> code;
      changes[names.at(code)].emplace_back(time, std::stoull(word.substr(1), nullptr, 2));
    } else if ((word[0] == '0' || word[0] == '1') && !dump) {
      changes[names.at(word.substr(1))].emplace_back(time, word[0] - '0');
    }
  }
  return changes;
}

/// Returns a chip with a clock period of one picosecond.
ChipDescription chip_of_picoseconds() {
  ChipDescription chip = test::small_chip();
  chip.clock_hz = 1e12;
  return chip;
}

TEST(VcdWriter, WritesTheFile) {
  const TemporaryFile file;
  VcdWriter writer(file.path());
  const auto count = writer.add({"board", "a"}, "count", 4);
  const auto full = writer.add_flag({"board", "a"}, "full", count, 3);
  const auto other = writer.add({"board", "b"}, "other", 64);
  writer.begin("why");
  writer.open(0);
  writer.set(count, 7, 3);
  writer.set(other, 5, UINT64_MAX);
  writer.add_to(count, 5, 2);
  writer.set(count, 9, 10);
  writer.flush(9);
  writer.close(12);
  EXPECT_EQ(full, count + 1);
  const std::string text = file.content();
  EXPECT_THAT(text,
              HasSubstr("$comment\nwhy\n$end\n$timescale 1 ps $end\n"
                        "$scope module board $end\n$scope module a $end\n"
                        "$var wire 4 ! count[3:0] $end\n$var wire 1 \" full $end\n"
                        "$upscope $end\n$scope module b $end\n"
                        "$var wire 64 # other[63:0] $end\n"
                        "$upscope $end\n$upscope $end\n$enddefinitions $end\n"
                        "#0\n$dumpvars\nb0 !\n0\"\nb0 #\n$end\n"
                        "#5\nb10 !\nb" +
                        std::string(64, '1') + " #\n#7\nb11 !\n1\"\n#9\nb1010 !\n0\"\n#12\n"));
}

TEST(VcdWriter, WritesOnlyWhatHasChanged) {
  const TemporaryFile file;
  VcdWriter writer(file.path());
  const auto busy = writer.add({"board"}, "busy", 1);
  writer.begin("");
  writer.open(0);
  // Three adjacent periods: the signal stays busy throughout.
  for (const std::int64_t start : {4, 2, 6}) {
    writer.add_to(busy, start, 1);
    writer.add_to(busy, start + 2, -1);
  }
  writer.set(busy, 9, 0);
  writer.close(20);
  EXPECT_THAT(read(file.content())["busy"], ElementsAre(Pair(2, 1), Pair(8, 0)));
}

TEST(VcdWriter, WritesRealNumbersToSixteenDigits) {
  const TemporaryFile file;
  VcdWriter writer(file.path());
  const auto power = writer.add_real({"board"}, "power");
  writer.begin("");
  writer.open(0);
  writer.set_real(power, 3, 0.1);
  writer.set_real(power, 5, 0.1);
  writer.set_real(power, 7, 1.0 / 3.0);
  writer.set_real(power, 9, -2.5e-7);
  writer.close(20);
  EXPECT_THAT(file.content(),
              HasSubstr("$var real 64 ! power $end\n$upscope $end\n$enddefinitions $end\n"
                        "#0\n$dumpvars\nr0 !\n$end\n"
                        "#3\nr0.1 !\n#7\nr0.3333333333333333 !\n#9\nr-2.5e-07 !\n#20\n"));
}

TEST(VcdWriter, AWindowBeginsWithTheValuesAtIt) {
  const TemporaryFile file;
  VcdWriter writer(file.path());
  const auto value = writer.add({"board"}, "value", 8);
  writer.begin("");
  writer.set(value, 3, 7);
  writer.flush(10);
  writer.set(value, 10, 8);
  writer.open(10);
  writer.set(value, 30, 9);
  writer.close(20);
  writer.set(value, 40, 10);
  EXPECT_THAT(file.content(), HasSubstr("#10\n$dumpvars\nb111 !\n$end\nb1000 !\n#20\n"));
  EXPECT_THAT(read(file.content())["value"], ElementsAre(Pair(10, 8)));
}

TEST(VcdWriter, AResetDropsWhatWasToCome) {
  const TemporaryFile file;
  VcdWriter writer(file.path());
  const VcdWriter::Signal before = writer.add({"top"}, "before", 8);
  const VcdWriter::Signal count = writer.add({"top"}, "count", 8);
  const VcdWriter::Signal full = writer.add_flag({"top"}, "full", count, 2);
  EXPECT_EQ(writer.signals(), full + 1);
  writer.begin("");
  writer.open(0);
  writer.set(before, 5, 7);
  writer.add_to(count, 5, 2);
  writer.add_to(count, 20, 1);
  writer.set(before, 25, 9);
  writer.reset(count, writer.signals(), 20);
  writer.add_to(count, 30, 1);
  writer.close(40);
  const auto changes = read(file.content());
  EXPECT_THAT(changes.at("before"), ElementsAre(Pair(5, 7), Pair(25, 9)));
  EXPECT_THAT(changes.at("count"), ElementsAre(Pair(5, 2), Pair(20, 0), Pair(30, 1)));
  EXPECT_THAT(changes.at("full"), ElementsAre(Pair(5, 1), Pair(20, 0)));
}

TEST(VcdWriter, CodesAreNeverTheSame) {
  const TemporaryFile file;
  VcdWriter writer(file.path());
  constexpr std::size_t kSignals = 10000;
  for (std::size_t i = 0; i < kSignals; ++i) writer.add({"board"}, "s" + std::to_string(i), 1);
  writer.begin("");
  writer.open(0);
  writer.close(0);
  std::map<std::string, int> codes;
  std::istringstream lines(file.content());
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word, type, width, code;
    words >> word >> type >> width >> code;
    if (word == "$var") ++codes[code];
  }
  EXPECT_EQ(codes.size(), kSignals);
}

TEST(VcdWriter, NamesAPlaceThatCannotBeWritten) {
  try {
    VcdWriter writer("/no/such/place/a.vcd");
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/no/such/place/a.vcd: cannot be written"));
  }
}

// See docs/timing.md, "Example core": three axons of group 0 and two of group 1. The neurons are
// ready at 15, 17 and 21.
TEST(CoreTracer, ShowsTheCyclesOfTheContract) {
  const ChipDescription chip = chip_of_picoseconds();
  test::CoreProgram program;
  program.groups = {{200, 100, 130}, {0, 10, 64}};
  program.gather = {200, 0, 201, 202, 1, 299};
  program.thresholds = {1, 2, 3, -1};
  program.routes = {Packet::to_host(70)};
  program.neurons = {{0, 2, 0, 2, 0, 1}, {2, 1, 2, 1, 0, 1}, {3, 3, 3, 1, 0, 1}};
  program.weights = {{3, 200, 1}, {7, 200, 1}, {129, 202, -1}, {0, 1, -1}, {5, 10, 1}};
  CoreModel core(chip, 0);
  for (test::CoreProgram::Write& write : program.writes(chip.core)) {
    ASSERT_EQ(core.access(static_cast<int>(write.region), write.offset, write.data.data(),
                          write.data.size(), true),
              AccessResult::kOk);
  }
  core.begin_tick(0, 0);
  for (const auto& [group, axon] : {std::pair{0, 7}, {0, 3}, {0, 129}, {1, 5}, {1, 0}}) {
    core.receive(Packet::to_cores({0, 0, 0, 0}, group, axon), 0);
  }
  core.begin_tick(1, 0);
  const TemporaryFile file;
  VcdWriter writer(file.path());
  CoreTracer tracer(writer, {"core"}, chip, 0, {0, 2});
  writer.begin("");
  writer.open(0);
  tracer.trace(core, 100);
  writer.close(200);
  auto signals = read(file.content());
  // SCAN takes 3, READ 3 * 2, SCAN 1, READ 2 * 1, and FIRE 3 + 2 + 4 cycles.
  EXPECT_THAT(signals["state"], ElementsAre(Pair(100, 1), Pair(103, 2), Pair(109, 1), Pair(110, 2),
                                            Pair(112, 3), Pair(121, 0)));
  EXPECT_THAT(signals["axons"], ElementsAre(Pair(100, 5)));
  EXPECT_THAT(signals["group"], ElementsAre(Pair(109, 1)));
  EXPECT_THAT(signals["row"],
              ElementsAre(Pair(103, 3), Pair(105, 7), Pair(107, 129), Pair(110, 0), Pair(111, 5)));
  EXPECT_THAT(signals["neuron"], ElementsAre(Pair(115, 1), Pair(117, 2)));
  // Neuron 0 reaches 2, both thresholds. Neuron 1: 0 < 3. Neuron 2: -2 < -1.
  EXPECT_THAT(signals["potential_0"], ElementsAre(Pair(115, 2)));
  EXPECT_THAT(signals["fired_0"], ElementsAre(Pair(115, 3)));
  EXPECT_THAT(signals["potential_2"],
              ElementsAre(Pair(121, (std::uint64_t{1} << chip.core.potential_bits) - 2)));
  EXPECT_THAT(signals["spikes"], ElementsAre(Pair(115, 2)));
  EXPECT_THAT(signals["waiting"], ElementsAre(Pair(115, 2)));
}

class NoSink : public SpikeSink {
 public:
  void deliver_to_core(int, Packet, std::int64_t) override {}
  void deliver_to_host(Packet, std::int64_t) override {}
};

/// Returns the waveforms of the network of `chip` for packets of core 0, in a tick that begins at
/// 1000.
std::map<std::string, Changes> trace_network(const ChipDescription& chip,
                                             const std::vector<Emission>& emissions,
                                             std::uint32_t router) {
  const TemporaryFile file;
  const RouterList routers = list_routers(chip);
  VcdWriter writer(file.path());
  NetworkTracer tracer(writer, chip, routers);
  tracer.add_router({"router"}, router);
  writer.begin("");
  writer.open(0);
  NoSink sink;
  const auto network = make_router_network(chip, sink, 1, &tracer);
  network->begin_tick();
  tracer.tick_started(0, 1000);
  network->inject_from_core(0, emissions);
  network->run(SpikeNetwork::kForever);
  writer.close(2000);
  return read(file.content());
}

// See docs/timing.md, "Hop": the packet enters at 10, leaves the three routers at 11, 13 and 15,
// and arrives at 16.
TEST(NetworkTracer, ShowsTheHopsOfTheContract) {
  const ChipDescription chip = chip_of_picoseconds();
  const Packet packet = Packet::to_cores({2, 0, 2, 0}, 0, 0);
  auto first = trace_network(chip, {{packet, 10, 0}}, 0);
  EXPECT_THAT(first["in_core_fill"], ElementsAre(Pair(1010, 1), Pair(1012, 0)));
  EXPECT_THAT(first["out_east_busy"], ElementsAre(Pair(1011, 1), Pair(1012, 0)));
  EXPECT_THAT(first["out_east_packet"], ElementsAre(Pair(1011, packet.bits())));
  auto last = trace_network(chip, {{packet, 10, 0}}, 2);
  EXPECT_THAT(last["in_west_fill"], ElementsAre(Pair(1013, 1), Pair(1016, 0)));
  EXPECT_THAT(last["out_core_busy"], ElementsAre(Pair(1015, 1), Pair(1016, 0)));
}

// See docs/timing.md, "Back-pressure": five packets to the neighbour, with one place in each FIFO,
// are delivered at 4, 7, 10, 13 and 16.
TEST(NetworkTracer, ShowsBackPressure) {
  ChipDescription chip = chip_of_picoseconds();
  chip.router.fifo_depth = 1;
  const Packet packet = Packet::to_cores({1, 0, 1, 0}, 0, 0);
  auto signals = trace_network(chip, std::vector<Emission>(5, {packet, 0, 0}), 1);
  // Packets occupy the place from 1, 4, ... and leave at 3, 6, ...: the place is never free for a
  // whole cycle.
  EXPECT_THAT(signals["in_west_full"], ElementsAre(Pair(1001, 1), Pair(1016, 0)));
  EXPECT_THAT(signals["in_west_fill"], ElementsAre(Pair(1001, 1), Pair(1016, 0)));
  EXPECT_THAT(
      signals["out_core_busy"],
      ElementsAre(Pair(1003, 1), Pair(1004, 0), Pair(1006, 1), Pair(1007, 0), Pair(1009, 1),
                  Pair(1010, 0), Pair(1012, 1), Pair(1013, 0), Pair(1015, 1), Pair(1016, 0)));
}

TEST(RouterList, HasThePortsThatLeadSomewhere) {
  const ChipDescription chip = test::small_chip();
  const RouterList routers = list_routers(chip);
  ASSERT_EQ(routers.routers.size(), 6U);
  const auto names = [&](std::size_t router) {
    std::vector<std::string> result;
    for (const RouterPort& port : routers.routers[router].ports) result.push_back(port.name);
    return result;
  };
  EXPECT_THAT(names(0), ElementsAre("east", "south", "core", "host"));
  EXPECT_THAT(names(4), ElementsAre("north", "east", "west", "core"));
}

TEST(RouterList, OfAQuadtreeHasChildrenThatAreThere) {
  ChipDescription chip = test::small_chip();  // 3 x 2 cores: one square of four and one of two
  chip.topology = arch::TopologyKind::kQuadtree;
  const RouterList routers = list_routers(chip);
  ASSERT_EQ(routers.routers.size(), 3U);
  const auto names = [&](std::size_t router) {
    std::vector<std::string> result;
    for (const RouterPort& port : routers.routers[router].ports) result.push_back(port.name);
    return result;
  };
  EXPECT_THAT(names(1), ElementsAre("north_west", "south_west", "parent"));
  EXPECT_THAT(names(2), ElementsAre("north_west", "north_east", "host"));
  EXPECT_THAT(routers.routers[2].coordinates, ElementsAre(2, 0, 0));
}

TEST(RouterList, OfATorusHasASecondChannelOfEachLink) {
  ChipDescription chip = test::small_chip();
  chip.mesh = {3, 1};
  chip.topology = arch::TopologyKind::kTorus;
  const RouterList routers = list_routers(chip);
  ASSERT_EQ(routers.routers.size(), 3U);
  std::vector<std::pair<std::string, bool>> ports;
  for (const RouterPort& port : routers.routers[1].ports) ports.emplace_back(port.name, port.sends);
  EXPECT_THAT(ports, ElementsAre(Pair("east", true), Pair("west", true), Pair("core", true),
                                 Pair("east_2", false), Pair("west_2", false)));
}

TraceScope scope(const std::string& text, const ChipDescription& chip = test::small_chip()) {
  const RouterList routers = list_routers(chip);
  return parse_scope(text, {chip, routers, {{1, 10}, {2, 3}}});
}

std::string problem(const std::string& text, const ChipDescription& chip = test::small_chip()) {
  try {
    scope(text, chip);
    return "";
  } catch (const base::UserError& error) {
    return error.what();
  }
}

TEST(TraceScope, NamesCoresNeuronsAndRouters) {
  const TraceScope some = scope("chip0.core[1:2,0].neuron[2:4], chip*.router[*,1],host");
  EXPECT_THAT(some.cores, ElementsAre(Pair(1, ElementsAre(2, 3, 4)), Pair(2, ElementsAre(2))));
  EXPECT_THAT(some.routers, ElementsAre(3, 4, 5));
  EXPECT_TRUE(some.host);
  EXPECT_FALSE(some.bus);
}

TEST(TraceScope, ChipsHoldTheirCoresOnly) {
  ChipDescription chip = test::small_chip();
  chip.board.columns = 2;
  EXPECT_EQ(scope("chip0.core_1_0.neuron[2:4], chip0.router_0_1").cores,
            scope("chip0.core[1,0].neuron[2:4]").cores);
  EXPECT_EQ(scope("chip0.router_0_1").routers, scope("chip0.router[0,1]").routers);
  EXPECT_THAT(scope("chip1.core[*,0]", chip).cores,
              ElementsAre(Pair(3, testing::IsEmpty()), Pair(4, testing::IsEmpty()),
                          Pair(5, testing::IsEmpty())));
}

TEST(TraceScope, SaysWhatIsWrong) {
  EXPECT_THAT(problem("chip0.core[3,0]"), HasSubstr("no such core; the board has core[0:2,0:1]"));
  EXPECT_THAT(problem("chip1.core[0,0]"), HasSubstr("no such chip; the board has chips 0..0"));
  EXPECT_THAT(problem("chip0.core[2,0].neuron[3]"),
              HasSubstr("no such neuron; neurons 0..2 are in use"));
  EXPECT_THAT(
      problem("chip0.core[0,0].neuron[0]"),
      HasSubstr(
          "--vcd-scope: chip0.core[0,0].neuron[0]: no such neuron; no neurons are in use there"));
  EXPECT_THAT(problem("chip0.router[0,2]"),
              HasSubstr("no such router; the mesh has router[0:2,0:1]"));
  EXPECT_THAT(problem("board.router[3,0,0]"), HasSubstr("no such router"));
  ChipDescription tree = test::small_chip();
  tree.topology = arch::TopologyKind::kQuadtree;
  tree.mesh = {4, 4};
  EXPECT_THAT(problem("chip0.router[3,0,0]", tree),
              testing::EndsWith("no such router; the quadtree has router[1:2,X,Y]"));
  tree.board.columns = 2;
  EXPECT_THAT(problem("chip0.router[3,0,0]", tree),
              testing::EndsWith("no such router; the quadtree has router[1:2,X,Y] on each chip and "
                                "board.router[3:3,X,Y]"));
  for (const char* text :
       {"", "chip", "chip0.core", "chip0.core[1]", "chip0.core[1,0", "hosts", "chip0.core[1,0]x",
        "chip0.core[2:1,0]", "chip0.core[-1,0]", "chip0.core[1,0].neuron[1,2]", "chip0.lane[1,1]",
        "chip0.core_1", "chip0.core_1_0_", "chip0.core_*_0", "host,,bus"}) {
    EXPECT_THAT(
        problem(text),
        HasSubstr(fmt::format("--vcd-scope: {}: not a scope; allowed are host, bus, "
                              "chipC.core[X,Y], chipC.core[X,Y].neuron[N], chipC.router[X,Y] and "
                              "board.router[L,X,Y], where each index is a number, a range A:B or *",
                              std::string(text) == "host,,bus" ? "" : text)))
        << text;
  }
  const std::string both = problem("chip0.core[9,9],foo");
  EXPECT_THAT(both, HasSubstr("no such core"));
  EXPECT_THAT(both, HasSubstr("foo: not a scope"));
}

}  // namespace
}  // namespace spikeloom::hw
