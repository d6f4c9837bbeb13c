// SPDX-License-Identifier: Apache-2.0
// Tests whole chips loaded over the bus: registers, interrupts, ticks, and a tiny network in both
// timings. The cycles are derived by hand in docs/timing.md, "A whole tick".
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/hw/board/event_collector.h"
#include "spikeloom/hw/core/core_model.h"
#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/hw/timing_example.h"
#include "testbenches/unit/support/chips.h"

namespace {

using namespace spikeloom;
using arch::ChipRegion;
using arch::Packet;
using hw::Event;
using hw::TickReport;
using test::Access;
using test::CoreProgram;
using test::Host;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::uint64_t kCommitted =
    arch::chip_address(ChipRegion::kControl, arch::chip_control::kTicksCommitted);
const std::uint64_t kEnable =
    arch::chip_address(ChipRegion::kControl, arch::chip_control::kInterruptEnable);
const std::uint64_t kClear =
    arch::chip_address(ChipRegion::kControl, arch::chip_control::kInterruptClear);
const std::uint64_t kDone = arch::chip_address(ChipRegion::kStatus, arch::chip_status::kTicksDone);
const std::uint64_t kPending =
    arch::chip_address(ChipRegion::kStatus, arch::chip_status::kInterruptStatus);

/// State of the chip when a tick has finished.
struct Tick {
  TickReport report;
  sc_core::sc_time end;
  std::vector<std::vector<std::uint64_t>> fired;  ///< by enabled core
  std::vector<std::vector<std::int32_t>> potentials;
  std::vector<std::uint64_t> axons;           ///< by enabled core
  std::vector<std::uint64_t> row_word_reads;  ///< by enabled core
  std::int64_t last_output = 0;
  std::vector<hw::EventCounts> events;       ///< by stat category
  std::vector<hw::EventCounts> core_events;  ///< by core
};

/// A chip, its host, and a record of its ticks.
struct Board {
  Board(const std::string& name, const arch::ChipDescription& description, hw::Timing timing)
      : chip(("chip_" + name).c_str(), description, timing, 4),
        host(("host_" + name).c_str(), chip) {
    chip.on_tick_done([this](const TickReport& report) { record(report); });
  }

  void record(const TickReport& report) {
    Tick tick;
    tick.report = report;
    tick.end = sc_core::sc_time_stamp();
    for (const hw::CoreIf* core : chip.cores()) {
      if (!core->enabled()) continue;
      const hw::CoreModel& model = *hw::model_of(*core);
      tick.fired.push_back(model.fired());
      tick.potentials.push_back(model.neurons().potentials());
      std::uint64_t axons = 0, reads = 0;
      for (const hw::GroupActivity& group : model.group_activity()) {
        axons += group.axons;
        reads += group.row_word_reads;
      }
      tick.axons.push_back(axons);
      tick.row_word_reads.push_back(reads);
    }
    tick.last_output = chip.fabric().last_output();
    tick.events.resize(4);
    tick.core_events.resize(chip.cores().size());
    hw::collect_events(chip, tick.events, tick.core_events);
    ticks.push_back(tick);
  }

  /// Commits ticks until `count` ticks have been committed in total, and waits for the last one.
  void run_to(std::uint64_t count) {
    ASSERT_EQ(host.write(kEnable, {arch::interrupt::kAll}), tlm::TLM_OK_RESPONSE);
    ASSERT_EQ(host.write(kCommitted, {count}), tlm::TLM_OK_RESPONSE);
    while (host.read(kDone) < count) {
      if ((host.read(kPending) & arch::interrupt::kError) != 0) return;
      if (!host.interrupt.read()) sc_core::wait(host.interrupt.posedge_event());
      ASSERT_EQ(host.write(kClear, {arch::interrupt::kTickDone}), tlm::TLM_OK_RESPONSE);
    }
    ASSERT_EQ(host.write(kClear, {arch::interrupt::kTickDone}), tlm::TLM_OK_RESPONSE);
    sc_core::wait(sc_core::SC_ZERO_TIME);
    sc_core::wait(sc_core::SC_ZERO_TIME);
  }

  std::uint64_t done() { return host.read(kDone); }

  hw::Board chip;
  Host host;
  std::vector<Tick> ticks;
};

arch::ChipDescription chip_description() {
  arch::ChipDescription chip = test::small_chip();
  chip.clock_hz = 100e6;  // 10 ns
  return chip;
}

/// Loads the worked example; each core has a stat category of its own.
void load_network(Board& board) {
  test::load_timing_example(board.host, board.chip.description().core);
  if (board.ticks.empty()) {
    board.chip.core(0).set_categories({1}, {1, 1});
    board.chip.core(1).set_categories({2}, {2});
    board.chip.core(2).set_categories({3}, {3});
  }
}

sc_core::sc_time period() { return {10, sc_core::SC_NS}; }

/// Waits for the next edge of the 10 ns clock, since earlier tests end at any time.
void wait_for_clock() {
  const auto late = sc_core::sc_time_stamp().value() % period().value();
  if (late != 0) sc_core::wait(sc_core::sc_time::from_value(period().value() - late));
}

/// Returns the cycles of one register access.
int register_cycles(const Board& board) {
  const arch::BusDescription& bus = board.chip.description().bus;
  return bus.latency_cycles + (arch::kBusWordBytes + bus.bytes_per_cycle - 1) / bus.bytes_per_cycle;
}

Packet input(int axon) { return Packet::to_cores({0, 0, 0, 0}, 0, axon); }

std::vector<int> outputs_of(const std::vector<Packet>& packets) {
  std::vector<int> result;
  for (const Packet packet : packets) result.push_back(packet.output());
  return result;
}

Board* g_cycle = nullptr;
Board* g_functional = nullptr;
Board* g_unicast = nullptr;
Board* g_faulty = nullptr;
Board* g_bad_tables = nullptr;

/// Sends the input, runs three ticks, and returns the outputs of the last one.
std::vector<int> run_image(Board& board, const std::vector<Packet>& packets) {
  const std::uint64_t start = board.done();
  EXPECT_EQ(board.host.send(packets), tlm::TLM_OK_RESPONSE);
  board.run_to(start + 3);
  EXPECT_EQ(board.done(), start + 3);
  EXPECT_THAT(board.host.take_outputs(), IsEmpty());
  EXPECT_THAT(board.host.take_outputs(), IsEmpty());
  return outputs_of(board.host.take_outputs());
}

TEST(Chip, ATickTakesTheHandWorkedCycles) {
  Board& board = *g_cycle;
  load_network(board);
  board.ticks.clear();
  wait_for_clock();
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  EXPECT_THAT(run_image(board, {input(0), input(1)}), ElementsAre(10, 11, 20));
  ASSERT_EQ(board.ticks.size(), 3U);
  // The host reads a register, enables the interrupt and commits.
  EXPECT_EQ(period() * static_cast<double>(board.ticks[0].report.start_cycle),
            start + period() * 3 * register_cycles(board));
  // Tick 0: the second input enters at 6 and reaches core 0 at 8. The barrier takes 8 cycles.
  EXPECT_EQ(board.ticks[0].report.cycles, 8 + 8);
  EXPECT_EQ(board.ticks[0].last_output, 0);
  // Tick 1: core 0 fires at 5 and 7; the second packet reaches core 2 at 13.
  EXPECT_EQ(board.ticks[1].report.cycles, 13 + 8);
  // Tick 2: the host receives packets from 8, 14 and 20 on.
  EXPECT_EQ(board.ticks[2].last_output, 21);
  EXPECT_EQ(board.ticks[2].report.cycles, 21 + 8);
  // Ticks follow each other without a gap.
  EXPECT_EQ(board.ticks[1].report.start_cycle, board.ticks[0].report.start_cycle + 16);
  EXPECT_EQ(board.ticks[2].report.start_cycle, board.ticks[1].report.start_cycle + 21);
  EXPECT_EQ(board.ticks[2].end,
            period() * static_cast<double>(board.ticks[0].report.start_cycle + 16 + 21 + 29));
  EXPECT_EQ(board.chip.fault(), "");
}

TEST(Chip, AnEmptyTickIsTheSlowestCoreAndTheBarrier) {
  Board& board = *g_cycle;
  load_network(board);
  board.run_to(board.done() + 3);  // drains the pipeline
  board.ticks.clear();
  board.run_to(board.done() + 1);
  // Core 0 scans a word and updates two neurons in 2 cycles each; core 2 takes 1 + 3 cycles.
  EXPECT_EQ(board.ticks.at(0).report.cycles, 5 + 8);
  while (board.host.transfer(board.host.spikes, tlm::TLM_WRITE_COMMAND,
                             arch::host_port::kNextOutput, {1}) == tlm::TLM_OK_RESPONSE) {
  }
}

TEST(Chip, WatchingATickDoesNotChangeIt) {
  Board& board = *g_cycle;
  load_network(board);
  for (const int step_ns : {10, 1, 7, 33}) {
    board.ticks.clear();
    const std::uint64_t before = board.done();
    EXPECT_EQ(board.host.send({input(0), input(1)}), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(board.host.write(kCommitted, {before + 3}), tlm::TLM_OK_RESPONSE);
    std::uint64_t seen = before;
    while (seen < before + 3) {
      sc_core::wait(step_ns, sc_core::SC_NS);
      ASSERT_GE(board.done(), seen);
      seen = board.done();
    }
    ASSERT_EQ(board.ticks.size(), 3U);
    EXPECT_EQ(board.ticks[0].report.cycles, 16) << step_ns;
    EXPECT_EQ(board.ticks[1].report.cycles, 21) << step_ns;
    EXPECT_EQ(board.ticks[2].report.cycles, 29) << step_ns;
    board.host.take_outputs();
    board.host.take_outputs();
    EXPECT_THAT(outputs_of(board.host.take_outputs()), ElementsAre(10, 11, 20));
    sc_core::wait(1, sc_core::SC_US);
  }
}

TEST(Chip, ATickStartsAtTheNextCycle) {
  Board& board = *g_cycle;
  load_network(board);
  const std::uint64_t before = board.done();
  wait_for_clock();
  const sc_core::sc_time edge = sc_core::sc_time_stamp();
  sc_core::wait(3, sc_core::SC_NS);
  board.ticks.clear();
  board.run_to(before + 1);
  ASSERT_EQ(board.ticks.size(), 1U);
  // The bus waits for the next cycle, then the host enables the interrupt and commits.
  const sc_core::sc_time start = edge + period() * (1 + 2 * register_cycles(board));
  EXPECT_EQ(period() * static_cast<double>(board.ticks[0].report.start_cycle), start);
  EXPECT_EQ(board.ticks[0].end,
            start + period() * static_cast<double>(board.ticks[0].report.cycles));
  board.host.take_outputs();
}

TEST(Chip, BothTimingsDoTheSame) {
  load_network(*g_cycle);
  load_network(*g_functional);
  const std::vector<std::vector<int>> images = {{},     {0},    {1},       {2},      {3},
                                                {0, 1}, {0, 2}, {0, 1, 2}, {0, 3},   {1, 2, 3},
                                                {2, 3}, {0, 0}, {3, 1},    {0, 1, 3}};
  for (const std::vector<int>& image : images) {
    std::vector<Packet> packets;
    for (const int axon : image) packets.push_back(input(axon));
    g_cycle->ticks.clear();
    g_functional->ticks.clear();
    std::vector<int> cycle_outputs, functional_outputs;
    if (packets.empty()) {
      for (Board* board : {g_cycle, g_functional}) {
        board->run_to(board->done() + 3);
        for (int i = 0; i < 3; ++i) EXPECT_THAT(board->host.take_outputs(), IsEmpty());
      }
    } else {
      cycle_outputs = run_image(*g_cycle, packets);
      functional_outputs = run_image(*g_functional, packets);
    }
    std::sort(cycle_outputs.begin(), cycle_outputs.end());
    std::sort(functional_outputs.begin(), functional_outputs.end());
    EXPECT_EQ(cycle_outputs, functional_outputs);
    ASSERT_EQ(g_cycle->ticks.size(), 3U);
    ASSERT_EQ(g_functional->ticks.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      const Tick& a = g_cycle->ticks[i];
      const Tick& b = g_functional->ticks[i];
      EXPECT_EQ(a.fired, b.fired);
      EXPECT_EQ(a.potentials, b.potentials);
      EXPECT_EQ(a.axons, b.axons);
      EXPECT_EQ(a.row_word_reads, b.row_word_reads);
      EXPECT_GT(a.report.cycles, 0);
      EXPECT_EQ(b.report.cycles, 0);
      EXPECT_EQ(b.report.start_cycle, 0);
      for (std::size_t category = 0; category < 4; ++category) {
        for (std::size_t e = 0; e < hw::kEvents; ++e) {
          const auto event = static_cast<Event>(e);
          if (event == Event::kRouterTraversal || event == Event::kLinkTransfer) continue;
          EXPECT_EQ(a.events[category][event], b.events[category][event])
              << name(hw::kEventInfo[e].event) << " of category " << category;
        }
      }
    }
  }
}

TEST(Chip, FunctionalTicksTakeNoTime) {
  load_network(*g_functional);
  wait_for_clock();
  const sc_core::sc_time before = sc_core::sc_time_stamp();
  g_functional->ticks.clear();
  EXPECT_THAT(run_image(*g_functional, {input(0), input(1)}), UnorderedElementsAre(10, 11, 20));
  ASSERT_EQ(g_functional->ticks.size(), 3U);
  for (const Tick& tick : g_functional->ticks) {
    EXPECT_EQ(tick.end, before + period() * 3 * register_cycles(*g_functional));
  }
}

TEST(Chip, EventsOfATickByCategory) {
  Board& board = *g_cycle;
  load_network(board);
  board.ticks.clear();
  run_image(board, {input(0), input(1)});
  ASSERT_EQ(board.ticks.size(), 3U);
  const auto& input_tick = board.ticks[0].events;
  // The packets of the host belong to stat category 0, and the axons that they set to that of core
  // 0.
  EXPECT_EQ(input_tick[0][Event::kHostTransfer], 2U);
  EXPECT_EQ(input_tick[0][Event::kRouterTraversal], 2U);
  EXPECT_EQ(input_tick[0][Event::kLinkTransfer], 0U);
  EXPECT_EQ(input_tick[1][Event::kAxonWrite], 2U);
  EXPECT_EQ(input_tick[1][Event::kScanWord], 1U);
  EXPECT_EQ(input_tick[1][Event::kRowWordRead], 0U);
  const auto& fire_tick = board.ticks[1].events;
  EXPECT_EQ(fire_tick[1][Event::kRowWordRead], 2U);
  EXPECT_EQ(fire_tick[1][Event::kAccumulate], 4U);
  EXPECT_EQ(fire_tick[1][Event::kGather], 2U);
  EXPECT_EQ(fire_tick[1][Event::kThresholdCompare], 2U);
  EXPECT_EQ(fire_tick[1][Event::kRouteRead], 2U);
  // Each packet traverses the routers of core 0 (east), core 1 (core and east) and core 2 (core).
  EXPECT_EQ(fire_tick[1][Event::kRouterTraversal], 8U);
  EXPECT_EQ(fire_tick[1][Event::kLinkTransfer], 4U);
  EXPECT_EQ(fire_tick[2][Event::kAxonWrite], 2U);
  EXPECT_EQ(fire_tick[3][Event::kAxonWrite], 2U);
  const auto& output_tick = board.ticks[2].events;
  EXPECT_EQ(output_tick[2][Event::kHostTransfer], 2U);
  EXPECT_EQ(output_tick[2][Event::kRouterTraversal], 4U);
  EXPECT_EQ(output_tick[2][Event::kLinkTransfer], 2U);
  EXPECT_EQ(output_tick[3][Event::kHostTransfer], 1U);
  EXPECT_EQ(output_tick[3][Event::kGather], 2U);
  EXPECT_EQ(output_tick[3][Event::kRouterTraversal], 3U);
}

TEST(Chip, EventsOfATickByCore) {
  Board& board = *g_cycle;
  load_network(board);
  board.ticks.clear();
  run_image(board, {input(0), input(1)});
  ASSERT_EQ(board.ticks.size(), 3U);
  EXPECT_EQ(board.ticks[0].core_events[0][Event::kAxonWrite], 2U);
  EXPECT_EQ(board.ticks[1].core_events[0][Event::kRowWordRead], 2U);
  EXPECT_EQ(board.ticks[1].core_events[0][Event::kRouteRead], 2U);
  EXPECT_EQ(board.ticks[1].core_events[1][Event::kAxonWrite], 2U);
  // The sums over cores and over stat categories are equal.
  for (const Tick& tick : board.ticks) {
    hw::EventCounts by_core, by_category;
    for (const hw::EventCounts& counts : tick.core_events) by_core += counts;
    for (const hw::EventCounts& counts : tick.events) by_category += counts;
    for (const Event event :
         {Event::kAxonWrite, Event::kScanWord, Event::kRowWordRead, Event::kAccumulate,
          Event::kGather, Event::kThresholdCompare, Event::kExpansionWrite, Event::kRouteRead}) {
      EXPECT_EQ(by_core[event], by_category[event]);
    }
    EXPECT_EQ(by_core[Event::kRouterTraversal], 0U);
  }
}

TEST(Chip, ACoreTakesPartInTheTicksThatStartWhileItIsEnabled) {
  Board& board = *g_cycle;
  load_network(board);
  board.ticks.clear();
  const auto enable = [&](bool on) {
    const std::uint64_t address =
        arch::core_address(1, arch::CoreRegion::kControl, arch::core_control::kEnable);
    EXPECT_EQ(board.host.write(address, {on ? 1U : 0U}), tlm::TLM_OK_RESPONSE);
  };
  const auto ticks = [&] {
    return board.host.read(arch::core_address(
        1, arch::CoreRegion::kCounters,
        static_cast<std::uint64_t>(arch::CoreCounter::kTicks) * arch::kBusWordBytes));
  };
  const std::uint64_t start = board.done(), before = ticks();
  board.run_to(start + 2);
  EXPECT_EQ(ticks(), before + 2);
  EXPECT_THAT(board.chip.involved(), ElementsAre(0, 1, 2));
  enable(false);
  board.run_to(start + 5);
  EXPECT_EQ(ticks(), before + 2);
  EXPECT_THAT(board.chip.involved(), ElementsAre(0, 2));
  enable(true);
  enable(false);
  enable(true);
  board.run_to(start + 6);
  EXPECT_EQ(ticks(), before + 3);
  EXPECT_THAT(board.chip.involved(), ElementsAre(0, 1, 2));
  EXPECT_EQ(board.ticks.back().core_events[1][Event::kScanWord],
            board.ticks.front().core_events[1][Event::kScanWord]);
  for (int i = 0; i < 6; ++i) EXPECT_THAT(board.host.take_outputs(), IsEmpty());
  EXPECT_EQ(board.chip.fault(), "");
}

TEST(Chip, TicksArePipelined) {
  // A new image is sent in each tick; its outputs arrive two ticks later.
  Board& board = *g_cycle;
  load_network(board);
  const std::uint64_t start = board.done();
  board.run_to(start + 3);
  for (int i = 0; i < 3; ++i) board.host.take_outputs();
  const std::vector<std::vector<Packet>> images = {
      {input(0), input(1)}, {input(0)}, {input(1), input(2)}};
  std::uint64_t tick = board.done();
  for (const auto& image : images) {
    EXPECT_EQ(board.host.send(image), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(board.host.write(kCommitted, {++tick}), tlm::TLM_OK_RESPONSE);
  }
  board.run_to(tick + 2);
  EXPECT_THAT(board.host.take_outputs(), IsEmpty());
  EXPECT_THAT(board.host.take_outputs(), IsEmpty());
  EXPECT_THAT(outputs_of(board.host.take_outputs()), ElementsAre(10, 11, 20));
  EXPECT_THAT(outputs_of(board.host.take_outputs()), ElementsAre(10));  // neuron 0 only
  EXPECT_THAT(outputs_of(board.host.take_outputs()), ElementsAre(10, 11, 20));
  EXPECT_EQ(board.chip.fault(), "");
}

TEST(Chip, RegistersOfTheBarrier) {
  Board& board = *g_cycle;
  Host& host = board.host;
  const std::uint64_t done = board.done();
  EXPECT_EQ(host.read(kCommitted), done);
  if (done > 0) {
    EXPECT_EQ(host.write(kCommitted, {done - 1}), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(host.write(kCommitted, {done - 1, 0, 0}), tlm::TLM_GENERIC_ERROR_RESPONSE);
  }
  EXPECT_EQ(host.read(kCommitted), done);
  EXPECT_EQ(host.write(kCommitted, {done}), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(host.write(kEnable, {~std::uint64_t{0}}), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(host.read(kEnable), arch::interrupt::kAll);
  EXPECT_EQ(host.read(kClear), 0U);
  EXPECT_EQ(host.write(kDone, {5}), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(host.write(kPending, {0}), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(host.read(kDone), done);
  // A burst over all three registers.
  EXPECT_EQ(host.write(kCommitted, {done, 0, arch::interrupt::kAll}), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(host.read(kEnable), 0U);
  EXPECT_EQ(host.read(kPending), 0U);
}

TEST(Chip, InterruptLine) {
  Board& board = *g_cycle;
  load_network(board);
  Host& host = board.host;
  const auto settle = [] {
    sc_core::wait(sc_core::SC_ZERO_TIME);
    sc_core::wait(sc_core::SC_ZERO_TIME);
  };
  EXPECT_EQ(host.write(kClear, {arch::interrupt::kAll}), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(host.write(kEnable, {arch::interrupt::kTickDone}), tlm::TLM_OK_RESPONSE);
  settle();
  EXPECT_FALSE(host.interrupt.read());
  board.ticks.clear();
  wait_for_clock();
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  EXPECT_EQ(host.write(kCommitted, {board.done() + 1}), tlm::TLM_OK_RESPONSE);
  sc_core::wait(host.interrupt.posedge_event());
  ASSERT_EQ(board.ticks.size(), 1U);
  EXPECT_EQ(sc_core::sc_time_stamp(),
            start + period() * static_cast<double>(2 * register_cycles(board) +
                                                   board.ticks[0].report.cycles));
  EXPECT_EQ(host.read(kPending), arch::interrupt::kTickDone);
  // If disabled, the line falls and the interrupt stays pending; if enabled, it rises again; if
  // cleared, it falls.
  EXPECT_EQ(host.write(kEnable, {arch::interrupt::kError}), tlm::TLM_OK_RESPONSE);
  settle();
  EXPECT_FALSE(host.interrupt.read());
  EXPECT_EQ(host.read(kPending), arch::interrupt::kTickDone);
  EXPECT_EQ(host.write(kEnable, {arch::interrupt::kTickDone}), tlm::TLM_OK_RESPONSE);
  settle();
  EXPECT_TRUE(host.interrupt.read());
  EXPECT_EQ(host.write(kClear, {arch::interrupt::kError}), tlm::TLM_OK_RESPONSE);
  settle();
  EXPECT_TRUE(host.interrupt.read());
  EXPECT_EQ(host.write(kClear, {arch::interrupt::kTickDone}), tlm::TLM_OK_RESPONSE);
  settle();
  EXPECT_FALSE(host.interrupt.read());
  EXPECT_EQ(host.read(kPending), 0U);
  board.host.take_outputs();
}

TEST(HostPort, RefusedAccesses) {
  Host& host = g_cycle->host;
  const auto answer = [&](tlm::tlm_command command, std::uint64_t address, std::size_t words) {
    return host.transfer(host.spikes, command, address, std::vector<std::uint64_t>(words));
  };
  using namespace tlm;
  EXPECT_EQ(host.send({}), TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(host.send({Packet(0)}), TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(host.send({Packet::to_host(1)}), TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(host.send({Packet::to_cores({0, 0, 3, 0}, 0, 0)}), TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(host.send({Packet::to_cores({0, 0, 0, 2}, 0, 0)}), TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(host.send({Packet::to_cores({1, 0, 0, 0}, 0, 0)}), TLM_GENERIC_ERROR_RESPONSE);
  // One invalid packet refuses the burst; the valid packets are discarded as well.
  EXPECT_EQ(host.send({input(0), Packet(0)}), TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(answer(TLM_READ_COMMAND, arch::host_port::kData, 1), TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(answer(TLM_WRITE_COMMAND, arch::host_port::kNextOutput, 1), TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(answer(TLM_WRITE_COMMAND, arch::host_port::kOutputCount, 1),
            TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(answer(TLM_READ_COMMAND, arch::host_port::kNextOutput, 1), TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(answer(TLM_READ_COMMAND, arch::host_port::kOutputCount, 2), TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(answer(TLM_READ_COMMAND, 24, 1), TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(answer(TLM_WRITE_COMMAND, 4, 1), TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(answer(TLM_IGNORE_COMMAND, arch::host_port::kData, 1), TLM_COMMAND_ERROR_RESPONSE);
  Access odd{TLM_WRITE_COMMAND, 0, std::vector<std::uint8_t>(12), false, UINT32_MAX};
  EXPECT_EQ(host.transport(host.spikes, odd).status, TLM_BURST_ERROR_RESPONSE);
  Access narrow{TLM_WRITE_COMMAND, 0, std::vector<std::uint8_t>(16), false, 8};
  EXPECT_EQ(host.transport(host.spikes, narrow).status, TLM_BURST_ERROR_RESPONSE);
  Access masked{TLM_WRITE_COMMAND, 0, std::vector<std::uint8_t>(16), true, UINT32_MAX};
  EXPECT_EQ(host.transport(host.spikes, masked).status, TLM_BYTE_ENABLE_ERROR_RESPONSE);
  // No packet of the burst has reached the chip.
  load_network(*g_cycle);
  g_cycle->run_to(g_cycle->done() + 3);
  g_cycle->ticks.clear();
  g_cycle->run_to(g_cycle->done() + 1);
  EXPECT_EQ(g_cycle->ticks.at(0).axons, (std::vector<std::uint64_t>{0, 0, 0}));
  EXPECT_EQ(g_cycle->chip.fault(), "");
  for (int i = 0; i < 4; ++i) g_cycle->host.take_outputs();
}

TEST(HostPort, WithoutMulticastAPacketIsForOneCore) {
  Host& host = g_unicast->host;
  EXPECT_EQ(host.send({Packet::to_cores({1, 0, 2, 0}, 0, 0)}), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(host.send({Packet::to_cores({1, 0, 1, 0}, 0, 0)}), tlm::TLM_OK_RESPONSE);
}

TEST(HostPort, OutputsAreReadInParts) {
  Board& board = *g_functional;
  load_network(board);
  Host& host = board.host;
  EXPECT_EQ(host.send({input(0), input(1)}), tlm::TLM_OK_RESPONSE);
  board.run_to(board.done() + 3);
  host.take_outputs();
  host.take_outputs();
  const auto count = [&] {
    Access access{tlm::TLM_READ_COMMAND, arch::host_port::kOutputCount,
                  std::vector<std::uint8_t>(8), false, UINT32_MAX};
    EXPECT_EQ(host.transport(host.spikes, access).status, tlm::TLM_OK_RESPONSE);
    return Host::word(access.data);
  };
  EXPECT_EQ(count(), 3U);
  Access two{tlm::TLM_READ_COMMAND, arch::host_port::kData, std::vector<std::uint8_t>(16), false,
             UINT32_MAX};
  EXPECT_EQ(host.transport(host.spikes, two).status, tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(count(), 1U);
  EXPECT_EQ(host.transport(host.spikes, two).status, tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(count(), 1U);
  EXPECT_EQ(host.take_outputs().size(), 1U);
}

TEST(ChipFaults, StopTheTicksAndRaiseTheErrorInterrupt) {
  Board& board = *g_faulty;
  load_network(board);
  // Core 5 is not enabled.
  EXPECT_EQ(board.host.send({Packet::to_cores({2, 1, 2, 1}, 3, 4)}), tlm::TLM_OK_RESPONSE);
  board.run_to(2);
  EXPECT_EQ(board.chip.fault(),
            "chip0.core_2_1: a packet arrived for group 3, axon 4, which does not exist");
  EXPECT_EQ(board.host.read(kPending) & arch::interrupt::kError, arch::interrupt::kError);
  EXPECT_TRUE(board.host.interrupt.read());
  EXPECT_EQ(board.done(), 1U);
  sc_core::wait(1, sc_core::SC_MS);
  EXPECT_EQ(board.done(), 1U);
  EXPECT_EQ(board.ticks.size(), 1U);
}

TEST(ChipFaults, BadTablesAreFoundInTheFirstTick) {
  Board& board = *g_bad_tables;
  CoreProgram program;
  program.groups = {{500, 100, 1}};
  board.host.load(board.chip.description().core, 4, program);
  board.run_to(1);
  EXPECT_EQ(board.chip.fault(), "chip0.core_1_1: group 0 lies outside the crossbar");
  EXPECT_EQ(board.host.read(kPending), arch::interrupt::kError);
}

}  // namespace

int sc_main(int, char*[]) {
  hw::silence_fault_reports();
  Board cycle("cycle", chip_description(), hw::Timing::kCycle);
  Board functional("functional", chip_description(), hw::Timing::kFunctional);
  arch::ChipDescription without_multicast = chip_description();
  without_multicast.router.multicast = false;
  Board unicast("unicast", without_multicast, hw::Timing::kCycle);
  Board faulty("faulty", chip_description(), hw::Timing::kCycle);
  Board bad_tables("bad_tables", chip_description(), hw::Timing::kFunctional);
  test::TestThread tests("tests");
  g_cycle = &cycle;
  g_functional = &functional;
  g_unicast = &unicast;
  g_faulty = &faulty;
  g_bad_tables = &bad_tables;
  sc_core::sc_start();
  return tests.result();
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
