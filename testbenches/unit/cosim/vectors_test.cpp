// SPDX-License-Identifier: Apache-2.0
// Tests golden vectors: their cycles are those of the examples in docs/timing.md.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/cosim/rtl_sources.h"
#include "spikeloom/cosim/vectors/core_vectors.h"
#include "spikeloom/cosim/vectors/pin_track.h"
#include "spikeloom/cosim/vectors/router_vectors.h"
#include "spikeloom/cosim/vectors/vector_files.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/chips.h"

namespace {

using spikeloom::arch::ChipDescription;
using spikeloom::arch::CoreRegion;
using spikeloom::arch::Packet;
using spikeloom::arch::Region;
using spikeloom::arch::Transaction;
using spikeloom::cosim::core_vectors;
using spikeloom::cosim::CoreVectors;
using spikeloom::cosim::Files;
using spikeloom::cosim::NetworkEvent;
using spikeloom::cosim::PinTrack;
using spikeloom::cosim::RecordedTick;
using spikeloom::cosim::router_vectors;
using spikeloom::cosim::RouterVectors;
using spikeloom::cosim::VectorFiles;
using spikeloom::test::CoreProgram;
using spikeloom::test::small_chip;
using testing::ElementsAre;
using testing::HasSubstr;

using Kind = NetworkEvent::Kind;

constexpr unsigned kEast = 1;
constexpr unsigned kWest = 3;
constexpr unsigned kCore = 4;

/// Returns the value of a pin in each cycle.
std::vector<std::uint64_t> values(const PinTrack& track, const std::string& name,
                                  std::int64_t cycles) {
  std::size_t pin = 0;
  while (track.pins().at(pin).name != name) ++pin;
  std::vector<std::uint64_t> result;
  for (const PinTrack::Line& line : track.lines(cycles)) {
    result.insert(result.end(), line.cycles, line.values[pin]);
  }
  return result;
}

/// Returns the cycles in which a pin of one bit has `value`, counted from `origin`.
std::vector<std::int64_t> cycles_of(const PinTrack& track, const std::string& name,
                                    std::int64_t cycles, std::int64_t origin,
                                    std::uint64_t value = 1) {
  const std::vector<std::uint64_t> all = values(track, name, cycles);
  std::vector<std::int64_t> result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == value) result.push_back(static_cast<std::int64_t>(i) - origin);
  }
  return result;
}

std::vector<std::int64_t> range(std::int64_t first, std::int64_t end) {
  std::vector<std::int64_t> result;
  for (std::int64_t cycle = first; cycle < end; ++cycle) result.push_back(cycle);
  return result;
}

TEST(PinTrack, LinesHoldForCycles) {
  PinTrack track({{"wide", 12, 5}, {"idle_high", 1, 1}, {"count", 2}});
  track.set(0, 3, 0xabc);
  track.mark(1, 3, 5);
  track.mark(1, 4, 6);  // overlaps
  track.mark(1, 8, 8);  // empty
  track.mark(2, 9, 11);
  track.mark(2, 10, 11);
  track.set(0, 11, 0xabc);  // no change
  EXPECT_EQ(track.bits(), 32 + 12 + 4 + 4);
  EXPECT_EQ(track.lowest_bit(3), 20);
  EXPECT_EQ(track.lowest_bit(0), 8);
  EXPECT_EQ(track.lowest_bit(2), 0);
  EXPECT_EQ(track.text(track.lines(12), "three pins"),
            "// three pins\n"
            "// cycles wide idle_high count\n"
            "00000003_005_1_0\n"
            "00000003_abc_0_0\n"
            "00000003_abc_1_0\n"
            "00000001_abc_1_1\n"
            "00000001_abc_1_2\n"
            "00000001_abc_1_0\n");
}

TEST(PinTrack, LongIntervalsTakeSeveralLines) {
  PinTrack track({{"pin"}});
  const std::vector<PinTrack::Line> lines = track.lines(std::int64_t{UINT32_MAX} + 7);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].cycles, UINT32_MAX);
  EXPECT_EQ(lines[1].cycles, 7U);
}

/// The program of docs/timing.md, "Example core": two groups, three neurons.
CoreProgram example() {
  CoreProgram program;
  program.groups = {{200, 100, 130}, {0, 10, 64}};
  program.gather = {200, 0, 201, 202, 1, 299};
  program.thresholds = {1, 2, 3, -1};
  program.routes = {Packet::to_cores({1, 0, 2, 1}, 1, 40), Packet::to_host(70)};
  program.neurons = {{0, 2, 0, 2, 0, 2}, {2, 1, 2, 1, 0, 2}, {3, 3, 3, 1, 1, 1}};
  program.weights = {{3, 200, 1}, {70, 200, 1},   {129, 200, 1}, {3, 201, 1}, {70, 201, 1},
                     {3, 202, 1}, {129, 299, -1}, {0, 0, -1},    {63, 1, -1}, {0, 200, 1}};
  return program;
}

std::vector<Transaction> transactions(const ChipDescription& chip, int core) {
  std::vector<Transaction> result;
  const auto place = chip.place(core);
  for (const CoreProgram::Write& write : example().writes(chip.core)) {
    result.push_back(
        {spikeloom::arch::core_address(place.unit, write.region, write.offset, place.chip),
         write.data});
  }
  return result;
}

/// The example core as core 0: in tick 6 it receives five packets, in tick 7 it sends five. Its
/// FIFO in the router is full in cycles 16 to 19 of tick 7.
std::vector<RecordedTick> example_ticks(const ChipDescription& chip) {
  std::vector<RecordedTick> ticks(2);
  ticks[0].end = {6, 1000, 50, false};
  std::int64_t cycle = 4;
  for (const auto& [group, axon] :
       std::vector<std::pair<int, int>>{{0, 3}, {0, 70}, {0, 129}, {1, 0}, {1, 63}}) {
    const Packet packet = Packet::to_cores({0, 0, 0, 0}, group, axon).with_parity(0);
    ticks[0].events.push_back(
        {Kind::kDeparted, 0, kCore, packet, cycle, cycle + 1, cycle + 1, packet.bits()});
    cycle += 7;
  }
  RecordedTick& work = ticks[1];
  work.end = {7, 1050, 40, false};
  work.core = {true, 0, 12, 21, {}};
  const Packet to_cores = Packet::to_cores({1, 0, 2, 1}, 1, 40).with_parity(1);
  const Packet to_host = Packet::to_host(70).with_parity(1);
  const std::vector<Packet> packets = {to_cores, to_host, to_cores.with_level(1),
                                       to_host.with_level(1), to_host};
  const std::vector<std::int64_t> entries = {15, 20, 21, 22, 23};
  for (std::size_t i = 0; i < packets.size(); ++i) {
    work.core.emissions.push_back({packets[i], i < 4 ? 15 : 21, 0});
  }
  // Packets of nobody fill the FIFO, and leave it.
  const auto queue = [&work](std::int64_t at) {
    work.events.push_back({Kind::kQueued, 0, kCore, {}, at});
  };
  const auto leave = [&work](std::int64_t at) {
    work.events.push_back({Kind::kLeft, 0, kCore, {}, at});
  };
  for (int i = 1; i < chip.router.fifo_depth; ++i) queue(2);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i > 0) leave(entries[i] - 1);
    queue(entries[i]);
    work.events.push_back({Kind::kEntered, 0, kCore, packets[i], entries[i]});
  }
  for (int i = 0; i < chip.router.fifo_depth; ++i) leave(23 + i);
  return ticks;
}

TEST(CoreVectors, ExampleOfTheDocs) {
  const ChipDescription chip = small_chip();
  const CoreVectors vectors = core_vectors(chip, transactions(chip, 0), 0, example_ticks(chip), 7);
  ASSERT_EQ(vectors.ticks.size(), 2U);
  EXPECT_EQ(vectors.packets_in, 5U);
  EXPECT_EQ(vectors.packets_out, 5U);
  const PinTrack& in = vectors.inputs;
  const PinTrack& out = vectors.expected;
  const std::int64_t cycles = vectors.cycles;

  // Tick 6 without neurons: the packets one after the other.
  const std::int64_t preload = vectors.ticks[0].first_cycle;
  EXPECT_TRUE(vectors.ticks[0].preload);
  EXPECT_EQ(vectors.ticks[0].number, 6U);
  EXPECT_EQ(cycles_of(in, "in_valid", cycles, preload), range(0, 5));
  EXPECT_EQ(values(in, "in_packet", cycles)[static_cast<std::size_t>(preload) + 2],
            Packet::to_cores({0, 0, 0, 0}, 0, 129).bits());

  const std::int64_t start = vectors.ticks[1].first_cycle;
  EXPECT_EQ(cycles_of(in, "tick_start", cycles, start),
            (std::vector<std::int64_t>{preload - 1 - start, -1}));
  EXPECT_EQ(values(in, "tick_parity", cycles)[static_cast<std::size_t>(start) - 1], 1U);
  EXPECT_EQ(values(in, "tick_parity", cycles)[static_cast<std::size_t>(preload) - 1], 0U);
  const auto from = [start](std::vector<std::int64_t> all) {
    all.erase(std::remove_if(all.begin(), all.end(), [](std::int64_t c) { return c < 0; }),
              all.end());
    return all;
  };
  // scan 3 + 1, rows 3 * 2 + 2 * 1; ready at 15, 17, 21.
  EXPECT_EQ(from(cycles_of(out, "integrating", cycles, start)), range(0, 12));
  EXPECT_EQ(from(cycles_of(out, "firing", cycles, start)), range(0, 21));
  EXPECT_EQ(from(cycles_of(out, "busy", cycles, start)), range(0, 24));
  EXPECT_EQ(from(cycles_of(out, "out_valid", cycles, start)), range(15, 24));
  EXPECT_EQ(from(cycles_of(in, "out_ready", cycles, start, 0)), range(16, 20));
  const std::vector<std::uint64_t> packets = values(out, "out_packet", cycles);
  const auto packet = [&packets, start](std::int64_t cycle) {
    return packets[static_cast<std::size_t>(start + cycle)];
  };
  const std::uint64_t to_host = Packet::to_host(70).with_parity(1).bits();
  for (std::int64_t cycle = 16; cycle <= 20; ++cycle) EXPECT_EQ(packet(cycle), to_host);
  EXPECT_EQ(packet(22), to_host + 1);
  EXPECT_EQ(packet(23), to_host);

  // The words read at the end: counters, then the state. Neurons were updated in tick 7 only.
  const std::vector<std::uint64_t> read = values(out, "config_rdata", cycles);
  const std::vector<std::int64_t> valid = cycles_of(out, "config_rvalid", cycles, 0);
  ASSERT_EQ(valid.size(), 18U);
  EXPECT_EQ(vectors.words_read, 18U);
  std::vector<std::uint64_t> last;
  for (std::size_t i = 9; i < 18; ++i) last.push_back(read[static_cast<std::size_t>(valid[i])]);
  EXPECT_THAT(last, ElementsAre(2, 8, 8, 9, 5, 3, 3, 5, 1));
  EXPECT_EQ(valid.back(), cycles - 1);
  // They are read in the cycles after the tick's 40.
  EXPECT_EQ(from(cycles_of(in, "config_valid", cycles, start)), range(40, 49));
}

TEST(CoreVectors, FirstTickHasNothingBefore) {
  const ChipDescription chip = small_chip();
  std::vector<RecordedTick> ticks = example_ticks(chip);
  ticks.pop_back();
  ticks[0].end.number = 0;
  // Neuron 2 reaches -1 without axons; scan 4, then 3, 2 and 4 cycles.
  const Packet packet = Packet::to_host(70);
  ticks[0].core = {true, 0, 4, 4 + 9, {{packet, 4 + 9, 0}}};
  ticks[0].events.push_back({Kind::kEntered, 0, kCore, packet, 13});
  ticks[0].events.erase(ticks[0].events.begin());
  const CoreVectors vectors = core_vectors(chip, transactions(chip, 0), 0, ticks, 0);
  ASSERT_EQ(vectors.ticks.size(), 1U);
  EXPECT_FALSE(vectors.ticks[0].preload);
  EXPECT_EQ(vectors.ticks[0].first_cycle, 1);
  EXPECT_EQ(vectors.packets_in, 4U);
  EXPECT_EQ(cycles_of(vectors.inputs, "in_valid", vectors.cycles, 1),
            (std::vector<std::int64_t>{11, 18, 25, 32}));
  EXPECT_EQ(cycles_of(vectors.expected, "out_valid", vectors.cycles, 1),
            (std::vector<std::int64_t>{13}));
  EXPECT_EQ(vectors.configuration.back().data, 1U);  // ENABLE
}

TEST(CoreVectors, SlowLinksKeepThePortBusy) {
  ChipDescription chip = small_chip();
  chip.router.link_cycles = 3;
  std::vector<RecordedTick> ticks = example_ticks(chip);
  ticks.pop_back();
  ticks[0].end.number = 0;
  ticks[0].core = {true, 0, 4, 13, {}};
  const Packet packet = Packet::to_host(70);
  ticks[0].core.emissions = {{packet, 13, 0}};
  for (NetworkEvent& event : ticks[0].events) event.free = event.arrival = event.cycle + 3;
  ticks[0].events.push_back({Kind::kEntered, 0, kCore, packet, 13});
  const CoreVectors vectors = core_vectors(chip, transactions(chip, 0), 0, ticks, 0);
  const std::vector<std::int64_t> busy = {5, 6, 12, 13, 19, 20, 26, 27, 33, 34};
  EXPECT_EQ(cycles_of(vectors.expected, "in_ready", vectors.cycles, 1, 0), busy);
  EXPECT_EQ(cycles_of(vectors.expected, "receiving", vectors.cycles, 1), busy);
}

TEST(CoreVectors, LateStartIsRefused) {
  const ChipDescription chip = small_chip();
  std::vector<RecordedTick> ticks = example_ticks(chip);
  ticks[0].end.packets_late = true;
  try {
    core_vectors(chip, transactions(chip, 0), 0, ticks, 7);
    FAIL();
  } catch (const spikeloom::base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--from: got 7: packets are late at the start"));
  }
  ticks[0].end.packets_late = false;
  ticks[0].core.busy = 51;
  try {
    core_vectors(chip, transactions(chip, 0), 0, ticks, 7);
    FAIL();
  } catch (const spikeloom::base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--from: got 7: chip0.core_0_0 is late at the start"));
  }
}

/// "Core (0,0) of a row of three sends to (0,0)..(2,0) at cycle 0: its router sends to the core and
/// east at 1."
std::vector<RecordedTick> multicast() {
  std::vector<RecordedTick> ticks(1);
  ticks[0].end = {3, 500, 30, false};
  const Packet packet = Packet::to_cores({0, 0, 2, 0}, 0, 9);
  ticks[0].events = {
      {Kind::kQueued, 0, kCore, {}, 0},
      {Kind::kEntered, 0, kCore, packet, 0},
      {Kind::kQueued, 1, kWest, {}, 1},
      {Kind::kDeparted, 0, kEast, packet, 1, 2, 2, packet.bits()},
      {Kind::kDeparted, 0, kCore, packet, 1, 2, 2, packet.bits()},
      {Kind::kLeft, 0, kCore, {}, 1},
      {Kind::kDeparted, 1, kEast, packet, 3, 4, 4, packet.bits()},
      {Kind::kDeparted, 1, kCore, packet, 3, 4, 4, packet.bits()},
      {Kind::kLeft, 1, kWest, {}, 3},
  };
  return ticks;
}

TEST(RouterVectors, SenderOfAMulticast) {
  const RouterVectors vectors = router_vectors(small_chip(), 0, multicast(), 3);
  const std::int64_t cycles = vectors.cycles;
  EXPECT_EQ(cycles, 1 + 30);
  EXPECT_EQ(vectors.links, 0b001111U);
  EXPECT_EQ(vectors.sources, 0b110000U);  // the host port is at (0,0)
  const auto in = [&](const char* pin, std::uint64_t value = 1) {
    return cycles_of(vectors.inputs, pin, cycles, 1, value);
  };
  const auto out = [&](const char* pin, std::uint64_t value = 1) {
    return cycles_of(vectors.expected, pin, cycles, 1, value);
  };
  EXPECT_THAT(in("tick_start"), ElementsAre(-1));
  EXPECT_THAT(in("restart"), ElementsAre(0));
  EXPECT_THAT(in("in_valid_4"), ElementsAre(0));
  EXPECT_EQ(values(vectors.inputs, "in_flit_4", cycles)[1],
            Packet::to_cores({0, 0, 2, 0}, 0, 9).bits());
  EXPECT_THAT(in("out_freed_1"), ElementsAre(3));
  EXPECT_THAT(in("out_ready_1", 0), ElementsAre());
  EXPECT_THAT(out("departs_1"), ElementsAre(1));
  EXPECT_THAT(out("departs_4"), ElementsAre(1));
  EXPECT_THAT(out("departs_0"), ElementsAre());
  EXPECT_THAT(out("freed_4"), ElementsAre(1));
  EXPECT_THAT(out("empty", 0), ElementsAre(1));
  EXPECT_EQ(vectors.packets_in, 1U);
  EXPECT_EQ(vectors.packets_out, 2U);
}

TEST(RouterVectors, NextRouterOfAMulticast) {
  ChipDescription chip = small_chip();
  chip.router.fifo_depth = 1;
  std::vector<RecordedTick> ticks = multicast();
  // The link takes three cycles, so the packet arrives at 4 and leaves at 5.
  for (NetworkEvent& event : ticks[0].events) {
    if (event.router == 1 && event.kind != Kind::kQueued) event.cycle += 2;
    if (event.kind == Kind::kDeparted) event.free = event.arrival = event.cycle + 3;
  }
  const RouterVectors vectors = router_vectors(chip, 1, ticks, 3);
  const std::int64_t cycles = vectors.cycles;
  EXPECT_EQ(vectors.sources, 0b010000U);
  EXPECT_THAT(cycles_of(vectors.inputs, "in_valid_3", cycles, 1), ElementsAre(4));
  EXPECT_THAT(cycles_of(vectors.expected, "departs_1", cycles, 1), ElementsAre(5));
  EXPECT_THAT(cycles_of(vectors.expected, "departs_4", cycles, 1), ElementsAre(5));
  EXPECT_THAT(cycles_of(vectors.inputs, "out_ready_1", cycles, 1, 0), ElementsAre(6, 7));
  EXPECT_THAT(cycles_of(vectors.expected, "empty", cycles, 1, 0), ElementsAre(5));
  EXPECT_THAT(cycles_of(vectors.expected, "freed_3", cycles, 1), ElementsAre(5));
}

TEST(VectorFiles, ListAndDescription) {
  const ChipDescription chip = small_chip();
  VectorFiles vectors(chip, {{"network", "example"}});
  vectors.add(core_vectors(chip, transactions(chip, 0), 0, example_ticks(chip), 7), 0);
  vectors.add(router_vectors(chip, 0, multicast(), 3), 0);
  EXPECT_THAT(vectors.testbenches(), ElementsAre("core_tb", "router_tb"));
  const Files files =
      vectors.files({{"core_tb.sv", "module"}, {"files.f", "core_tb.sv\n"}}, "files.f");
  EXPECT_EQ(files.at("files.f"), "core_vectors.sv\nrouter_vectors.sv\ncore_tb.sv\n");
  EXPECT_EQ(files.at("core_tb.sv"), "module");
  EXPECT_THAT(
      files.at("README.md"),
      HasSubstr("iverilog -g2012 -s core_tb -f files.f -o core_tb.vvp && vvp -n core_tb.vvp"));
  // The last word enables the core; a line of a file is a line of the text.
  const std::string& configuration = files.at("core_config.hex");
  EXPECT_THAT(configuration, HasSubstr("\n00000000_0000000000000001\n"));
  const auto lines = [&files](const std::string& name) {
    const std::string& text = files.at(name);
    return std::count(text.begin(), text.end(), '\n') - 2;  // without the comments
  };
  const auto json = nlohmann::json::parse(files.at("vectors.json"));
  for (const auto& file : json["files"]) {
    EXPECT_EQ(lines(file["name"]), file["lines"].get<std::int64_t>()) << file;
  }
  EXPECT_THAT(
      files.at("core_vectors.sv"),
      HasSubstr("localparam int INPUT_LINES = " + std::to_string(lines("core_inputs.hex")) + ";"));
  EXPECT_THAT(files.at("router_vectors.sv"), HasSubstr("localparam int LINKS = 15;"));
  // A column lies where the package and the description say.
  for (const auto& file : json["files"]) {
    if (file["name"] != "core_inputs.hex") continue;
    EXPECT_EQ(file["bits"], 32 + 4 * 4 + 64 + 3 * 4 + 32 + 64);
    const auto& last = file["columns"].back();
    EXPECT_EQ(last["name"], "config_wdata");
    EXPECT_EQ(last["lowest_bit"], 0);
    EXPECT_EQ(file["columns"][5]["name"], "in_packet");
    EXPECT_THAT(files.at("core_vectors.sv"),
                HasSubstr("localparam int IN_PACKET_LSB = " +
                          file["columns"][5]["lowest_bit"].dump() + ";"));
  }
  EXPECT_EQ(json["core"]["ticks"][1]["busy_cycles"], 21);
  EXPECT_EQ(json["router"]["packets_out"], 2);
  EXPECT_EQ(json["chip_description"]["name"], chip.name);
}

TEST(VectorFiles, TestbenchesComeWithTheirModules) {
  const auto core = spikeloom::cosim::testbench_sources(small_chip(), {"core_tb"});
  EXPECT_EQ(core.count("core_tb.sv"), 1U);
  EXPECT_EQ(core.count("core.sv"), 1U);
  EXPECT_EQ(core.count("router.sv"), 0U);
  EXPECT_EQ(core.count("router_tb.sv"), 0U);
  const auto all = spikeloom::cosim::rtl_sources(small_chip());
  EXPECT_EQ(all.count("core_tb.sv"), 0U);
  EXPECT_EQ(all.count("router.sv"), 1U);
}

}  // namespace
