// SPDX-License-Identifier: Apache-2.0
// Boards with cores in RTL against boards of models: the same cycles, packets, events and counters
// in each tick. Each board runs in a process of its own, as SystemC wants.
#include "spikeloom/cosim/rtl_core.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <systemc>

#include "spikeloom/base/child_process.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/board/event_collector.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/host/host_driver.h"
#include "spikeloom/hw/sync/report_ids.h"
#include "testbenches/rtl/rtl_files.h"
#include "testbenches/unit/hw/random_load.h"
#include "testbenches/unit/support/chips.h"

namespace spikeloom {
namespace {

using testing::HasSubstr;

constexpr std::size_t kCategories = 4;

/// What is seen of a board, as lines of text.
class Record {
 public:
  template <class... Values>
  void add(fmt::format_string<Values...> format, Values&&... values) {
    text_ += fmt::format(format, std::forward<Values>(values)...) + "\n";
  }
  void add_events(const char* what, const hw::EventCounts& counts) {
    text_ += what;
    for (std::size_t i = 0; i < hw::kEvents; ++i) {
      text_ += fmt::format(" {}", counts[static_cast<hw::Event>(i)]);
    }
    text_ += "\n";
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void record_tick(Record& record, const hw::Board& board, const hw::TickReport& report) {
  record.add("tick {} at {}, {} cycles", report.number, report.start_cycle, report.cycles);
  for (const hw::LateReport::Receiver& receiver : board.late().receivers) {
    record.add("core {}: {} late spikes{}", receiver.core, receiver.spikes,
               receiver.unfinished ? ", unfinished" : "");
  }
  std::vector<hw::EventCounts> categories(kCategories);
  std::vector<hw::EventCounts> cores(board.cores().size());
  hw::collect_events(board, categories, cores);
  for (const hw::EventCounts& counts : categories) record.add_events("category", counts);
  for (std::size_t i = 0; i < cores.size(); ++i) {
    const hw::CoreIf& core = *board.cores()[i];
    record.add_events("core", cores[i]);
    if (!core.enabled()) continue;
    record.add("core {}: {} busy, {} late, {} dendrites", i, core.busy_cycles(), core.late_spikes(),
               core.dendrites());
    std::vector<std::uint64_t> fired = core.fired();
    record.add("fired {}", fmt::join(fired, ","));
  }
  record.add("links {}", fmt::join(board.fabric().link_packets(), ","));
}

/// Loads random cores, and runs ticks with random input, some of them committed together. Returns
/// what is seen of the board.
std::string run_board(const arch::ChipDescription& chip, const hw::BoardParts& parts,
                      std::uint64_t seed) {
  hw::silence_fault_reports();
  Record record;
  hw::Board board("board", chip, hw::Timing::kCycle, kCategories, {}, parts);
  board.on_tick_done([&](const hw::TickReport& report) { record_tick(record, board, report); });
  const auto script = [&](hw::HostDriver& host) {
    test::Random random(seed);
    // Two cores stay disabled.
    std::vector<int> in_use;
    for (int core = 0; core < chip.grid().cores() - 2; ++core) in_use.push_back(core);
    const test::RandomLoad load(chip, in_use, random.between(5, 40), seed);
    host.load(load.transactions);
    hw::BusCost cost;
    const auto wrong = host.verify(chip, load.transactions, cost);
    record.add("verified: {}", wrong ? wrong->text(chip) : "equal");
    std::uint64_t ticks = 0;
    while (ticks < 12) {
      const auto together = static_cast<std::uint64_t>(random.between(1, 3));
      std::vector<std::uint64_t> packets;
      for (int i = random.between(0, 40); i > 0; --i) {
        const int core = random.between(0, static_cast<int>(in_use.size()) - 1);
        const arch::Region place{chip.grid().x(core), chip.grid().y(core), chip.grid().x(core),
                                 chip.grid().y(core)};
        const bool list = chip.core.expansion.entries != 0 && random.chance(30);
        const arch::Packet packet = list ? arch::Packet::to_entries(place, random.between(0, 7))
                                         : arch::Packet::to_cores(place, 0, random.between(0, 38));
        packets.push_back(packet.with_parity(static_cast<int>(ticks & 1)).bits());
      }
      host.send(packets);
      host.commit(together);
      ticks += together;
      if (!host.wait_until_done(ticks)) break;
      for (std::uint64_t i = 0; i < together; ++i) {
        record.add("outputs {}", fmt::join(host.receive(), ","));
      }
      // With ticks of fixed length, work that is left has not been counted.
      if (chip.sync.tick_cycles != 0) continue;
      for (const int core : in_use) {
        const arch::CoreLocation place = chip.place(core);
        for (std::uint64_t at = 0; at < arch::kCoreCounters * 8; at += 8) {
          record.add("counter {}", host.read_register(arch::core_address(
                                       place.unit, arch::CoreRegion::kCounters, at, place.chip)));
        }
      }
    }
  };
  hw::HostDriver host("host", script);
  host.connect(board);
  std::vector<std::uint16_t> groups = {1};
  std::vector<std::uint16_t> neurons;
  for (std::size_t j = 0; j < 15; ++j) {
    neurons.push_back(static_cast<std::uint16_t>(2 + j % 2));
  }
  for (hw::CoreIf* core : board.cores()) core->set_categories(groups, neurons);
  sc_core::sc_start();
  host.rethrow_failure();
  record.add("stopped: {}", !board.fault().empty());
  return record.text();
}

/// Does that in another process.
std::string run_apart(const arch::ChipDescription& chip, const hw::BoardParts& parts,
                      std::uint64_t seed) {
  base::ChildProcess child([&](base::MessageSocket& parent) {
    std::string text;
    try {
      text = run_board(chip, parts, seed);
    } catch (const std::exception& error) {
      text = fmt::format("failed: {}", error.what());
    }
    parent.send(text);
  });
  const std::string text = child.socket().receive().value_or("nothing was sent");
  child.wait();
  return text;
}

/// Returns the first line in which two texts differ, or an empty string.
std::string first_difference(const std::string& model, const std::string& rtl) {
  std::istringstream model_lines(model);
  std::istringstream rtl_lines(rtl);
  std::string tick;
  for (std::string expected, found; std::getline(model_lines, expected);) {
    if (!std::getline(rtl_lines, found)) found = "nothing";
    if (found != expected) {
      return fmt::format("{}\n  model: {}\n  RTL:   {}", tick, expected, found);
    }
    if (expected.rfind("tick ", 0) == 0) tick = expected;
  }
  return rtl.size() == model.size() ? "" : "the RTL has more";
}

/// Compares boards whose odd cores are RTL, or all of them, with boards of models.
void compare(const arch::ChipDescription& chip, std::uint64_t seeds) {
  if (const std::string reason = cosim::VerilatedLibrary::missing(); !reason.empty()) {
    GTEST_SKIP() << reason;
  }
  const auto library =
      cosim::VerilatedLibrary::load(rtl::replace_modules(cosim::rtl_core_source(chip)));
  std::set<int> some;
  std::set<int> all;
  for (int core = 0; core < chip.grid().cores(); ++core) {
    all.insert(core);
    if (core % 2 != 0) some.insert(core);
  }
  bool late = false;
  bool unfinished = false;
  std::uint64_t finished = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const std::string model = run_apart(chip, {}, seed);
    ASSERT_THAT(model, HasSubstr("verified: equal"));
    late |= model.find(" late spikes") != std::string::npos;
    unfinished |= model.find("unfinished") != std::string::npos;
    finished += model.find("stopped: false") != std::string::npos ? 1 : 0;
    for (const std::set<int>& cores : {some, all}) {
      hw::BoardParts parts;
      parts.core = cosim::mixed_cores(cores, library);
      ASSERT_EQ(first_difference(model, run_apart(chip, parts, seed)), "")
          << "seed " << seed << ", " << cores.size() << " cores in RTL";
    }
  }
  EXPECT_EQ(late, chip.sync.tick_cycles != 0);
  EXPECT_EQ(unfinished, chip.sync.tick_cycles != 0);
  EXPECT_GT(finished, seeds / 2);
}

arch::ChipDescription chip() {
  arch::ChipDescription chip = test::small_chip();
  chip.core.dendrites = 64;
  chip.core.axons = 60;
  chip.core.timing.scan_axons_per_cycle = 16;
  chip.core.timing.word_bits = 32;
  chip.core.expansion = {20, 2, 25};
  chip.host_port.cycles_per_packet = 2.5;
  return chip;
}

arch::ChipDescription fixed_chip(arch::LateSpikes late_spikes) {
  arch::ChipDescription fixed = chip();
  fixed.core.timing.emit_cycles_per_packet = 3;
  fixed.router.link_cycles = 3;
  fixed.sync.tick_cycles = 95;
  fixed.sync.late_spikes = late_spikes;
  return fixed;
}

/// A core of one group, one neuron and a list of two axons.
test::CoreProgram small_program(const arch::ChipDescription& chip) {
  test::CoreProgram program;
  program.groups = {{0, 4, 10}};
  program.neurons = {{0, 1, 0, 1, 0, 1}};
  program.gather = {2};
  program.thresholds = {arch::kAlwaysFires};
  program.routes = {arch::Packet::to_host(3)};
  program.expansion.resize(2, {0, 5, false});
  program.expansion.back().last = true;
  for (int axon = 0; axon < chip.core.axons; ++axon) program.weights.push_back({axon, 2, 1});
  return program;
}

void load(hw::CoreIf& core, const arch::ChipDescription& chip, const test::CoreProgram& program) {
  for (test::CoreProgram::Write& write : program.writes(chip.core)) {
    ASSERT_EQ(core.access(static_cast<int>(write.region), write.offset, write.data.data(),
                          write.data.size(), true),
              hw::AccessResult::kOk);
  }
}

/// Runs a tick, and gives the core packets in it, one after the other.
void run_tick(hw::CoreIf& core, const arch::ChipDescription& chip, int parity,
              const std::vector<arch::Packet>& packets) {
  std::int64_t next = core.begin_tick(parity, 0);
  std::int64_t cycle = 0;
  for (; next != hw::CoreIf::kDone; ++cycle) next = core.run(cycle + 1);
  for (const arch::Packet packet : packets) {
    const std::int64_t arrival = cycle + chip.router.packet_link_cycles();
    core.depart(packet, arrival);
    core.receive(packet, arrival);
    cycle += std::max<std::int64_t>(packet.expanded() ? core.port_cycles(packet) : 0, 1);
  }
}

TEST(RtlCore, FaultsAreFound) {
  if (const std::string reason = cosim::VerilatedLibrary::missing(); !reason.empty()) {
    GTEST_SKIP() << reason;
  }
  arch::ChipDescription description = chip();
  description.core.potential_bits = 6;  // -32 .. 31
  const auto library =
      cosim::VerilatedLibrary::load(rtl::replace_modules(cosim::rtl_core_source(description)));
  const arch::Region here{0, 0, 0, 0};
  const arch::Packet packet = arch::Packet::to_cores(here, 0, 9);
  struct Case {
    const char* fault;
    std::function<void(test::CoreProgram&)> change;
    std::vector<arch::Packet> packets = {};
    std::vector<std::uint64_t> in_use = {};  ///< the registers GROUPS and NEURONS, if given
  };
  using Program = test::CoreProgram;
  const std::vector<Case> cases = {
      {"", [](Program&) {}, {packet, arch::Packet::to_entries(here, 0)}},
      {"GROUPS or NEURONS", [](Program&) {}, {}, {5, 1}},
      {"GROUPS or NEURONS", [](Program&) {}, {}, {1, 65}},
      {"a group in use lies outside", [](Program& p) { p.groups[0].dendrites = 65; }},
      {"a group in use lies outside", [](Program& p) { p.groups[0].axons = 61; }},
      {"a neuron's entry", [](Program& p) { p.neurons[0].first_gather = 64; }},
      {"a neuron's entry", [](Program& p) { p.neurons[0].thresholds = 5; }},
      {"a neuron's entry", [](Program& p) { p.neurons[0].first_route = 64; }},
      {"an entry of the gather table", [](Program& p) { p.gather[0] = 64; }},
      {"a sum does not fit",
       [](Program& p) {
         p.groups[0].axons = 60;
         p.expansion.clear();
       },
       [&] {
         std::vector<arch::Packet> all;
         for (int axon = 0; axon < 32; ++axon) {
           all.push_back(arch::Packet::to_cores(here, 0, axon));
         }
         return all;
       }()},
      {"a packet of the routing table",
       [](Program& p) {
         p.routes[0] = arch::Packet::to_cores({3, 0, 3, 0}, 0, 0);
       }},
      {"a packet of the routing table",
       [](Program& p) {
         p.routes[0] = arch::Packet::to_host(arch::Packet::kMaxOutputs - 1);
         p.neurons[0].thresholds = 2;
         p.thresholds = {arch::kAlwaysFires, arch::kAlwaysFires};
       }},
      {"an axon that does not exist", [](Program&) {}, {arch::Packet::to_cores(here, 0, 10)}},
      {"an axon that does not exist", [](Program&) {}, {arch::Packet::to_cores(here, 1, 0)}},
      {"an axon that does not exist",
       [](Program&) {},
       {arch::Packet::to_entries(here, 0).with_level(5)}},
      {"no last entry",
       [](Program& p) { p.expansion.back().last = false; },
       {arch::Packet::to_entries(here, 1)}},
      {"a packet of another tick", [](Program&) {}, {packet.with_parity(1)}},
  };
  for (const Case& item : cases) {
    SCOPED_TRACE(fmt::format("{} ({})", item.fault, &item - cases.data()));
    test::CoreProgram program = small_program(description);
    item.change(program);
    hw::CoreModel model(description, 0);
    cosim::RtlCore rtl(description, 0, library);
    for (hw::CoreIf* core : {static_cast<hw::CoreIf*>(&model), static_cast<hw::CoreIf*>(&rtl)}) {
      load(*core, description, program);
      auto in_use = item.in_use;
      core->access(static_cast<int>(arch::CoreRegion::kControl), arch::core_control::kGroups,
                   reinterpret_cast<std::uint8_t*>(in_use.data()), in_use.size() * 8, true);
      run_tick(*core, description, 0, item.packets);
      run_tick(*core, description, 1, {});
    }
    EXPECT_EQ(model.fault().empty(), *item.fault == '\0') << model.fault();
    if (*item.fault == '\0') {
      EXPECT_EQ(rtl.fault(), "");
    } else {
      EXPECT_THAT(rtl.fault(), HasSubstr("chip0.core_0_0 (RTL): "));
      EXPECT_THAT(rtl.fault(), HasSubstr(item.fault));
    }
    rtl.reset();
    EXPECT_EQ(rtl.fault(), "");
    EXPECT_FALSE(rtl.enabled());
  }
}

TEST(RtlCore, AResetEndsWhateverItDoes) {
  if (const std::string reason = cosim::VerilatedLibrary::missing(); !reason.empty()) {
    GTEST_SKIP() << reason;
  }
  const arch::ChipDescription description = chip();
  const auto library =
      cosim::VerilatedLibrary::load(rtl::replace_modules(cosim::rtl_core_source(description)));
  cosim::RtlCore core(description, 0, library);
  const arch::Packet packet = arch::Packet::to_cores({0, 0, 0, 0}, 0, 3);
  const auto counter = [&core](arch::CoreCounter which) {
    std::uint64_t value = 0;
    core.access(static_cast<int>(arch::CoreRegion::kCounters), arch::counter_offset(which),
                reinterpret_cast<std::uint8_t*>(&value), sizeof value, false);
    return value;
  };
  for (const std::int64_t cycles : {1, 2, 3}) {
    load(core, description, small_program(description));
    core.depart(packet, 1);
    EXPECT_EQ(core.begin_tick(0, 0), 0);
    EXPECT_NE(core.run(cycles), hw::CoreIf::kDone);
    core.depart(packet, cycles);
    core.reset();
    EXPECT_FALSE(core.enabled());
    for (const arch::CounterInfo& info : arch::kCoreCounterTable) {
      EXPECT_EQ(counter(info.counter), 0U) << name(info.counter);
    }
  }
  // A tick after it is the first one: the group's scan, then two cycles of its neuron.
  load(core, description, small_program(description));
  run_tick(core, description, 0, {packet});
  EXPECT_EQ(core.busy_cycles(), 1 + 2);
  ASSERT_EQ(core.emissions().size(), 1U);
  EXPECT_EQ(core.emissions()[0].ready, 3);
  EXPECT_EQ(core.fault(), "");
  EXPECT_EQ(counter(arch::CoreCounter::kTicks), 1U);
  EXPECT_EQ(counter(arch::CoreCounter::kAxonWrites), 1U);
}

TEST(RtlCore, ABoardDoesTheSame) { compare(chip(), 8); }

TEST(RtlCore, LateWorkIsTheSame) { compare(fixed_chip(arch::LateSpikes::kNextTick), 12); }

TEST(RtlCore, DroppedSpikesAreTheSameExtended) {
  compare(fixed_chip(arch::LateSpikes::kDrop), 100);
}

TEST(RtlCore, LateWorkIsTheSameExtended) { compare(fixed_chip(arch::LateSpikes::kNextTick), 100); }

TEST(RtlCore, OtherChipsDoTheSameExtended) {
  arch::ChipDescription tree = chip();
  tree.topology = arch::TopologyKind::kQuadtree;
  tree.mesh = {4, 4};
  tree.core.synapse = arch::Synapse::kBinaryPair;
  tree.core.dendrites = 128;
  tree.core.timing.cycles_per_word = 2;
  tree.router.link_cycles = 4;
  compare(tree, 30);
  arch::ChipDescription rows = chip();
  rows.core.rows = arch::CrossbarRows::kDendrites;
  rows.core.expansion = {};
  rows.board = {2, 1};
  compare(rows, 30);
}

}  // namespace
}  // namespace spikeloom
