// SPDX-License-Identifier: Apache-2.0
// Tests that a chip that is reset and reloaded behaves like a new one, whatever it did before.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/hw/board/board_tracer.h"
#include "spikeloom/hw/board/event_collector.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/host/host_driver.h"
#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/hw/random_load.h"
#include "testbenches/unit/support/chips.h"

namespace {

using namespace spikeloom;
using arch::ChipRegion;
using arch::CoreRegion;
using arch::Packet;
using test::RandomLoad;

constexpr std::uint64_t kTicks = 6;
constexpr std::size_t kCategories = 3;

std::uint64_t control(std::uint64_t offset) {
  return arch::chip_address(ChipRegion::kControl, offset);
}

/// The observable behaviour of a chip as a list of numbers.
using Record = std::vector<std::uint64_t>;

/// A chip, and a host through which the tests drive it.
struct Bench {
  hw::Board chip;
  hw::HostDriver driver;
  sc_core::sc_signal<bool> reset;
  hw::BoardTracer* tracer;
  sc_core::sc_event tick_done;
  Record record;
  sc_core::sc_time origin;
  std::uint64_t late = 0;

  Bench(const std::string& name, const arch::ChipDescription& description, hw::Timing timing,
        hw::BoardTracer* board_tracer = nullptr)
      : chip(("chip_" + name).c_str(), description, timing, kCategories,
             board_tracer != nullptr ? board_tracer->observers() : hw::Observers{}),
        driver(("driver_" + name).c_str(), [](hw::HostDriver&) {}),
        reset(("reset_" + name).c_str()),
        tracer(board_tracer) {
    driver.connect(chip);
    chip.reset(reset);
    if (tracer != nullptr) {
      chip.on_reset([this](std::int64_t cycle) { tracer->reset(cycle); });
    }
    chip.on_tick_done([this](const hw::TickReport& report) { add(report); });
  }

  void add(const hw::TickReport& report) {
    const auto put = [this](auto value) { record.push_back(static_cast<std::uint64_t>(value)); };
    put(report.number);
    put((sc_core::sc_time_stamp() - origin).value());
    put(report.cycles);
    for (const hw::CoreIf* core : chip.cores()) {
      const hw::CoreModel& model = *hw::model_of(*core);
      put(model.enabled());
      put(model.overrun());
      if (!model.enabled()) continue;
      for (const std::uint64_t fired : model.fired()) put(fired);
      for (const std::int32_t potential : model.neurons().potentials()) put(potential);
    }
    std::vector<hw::EventCounts> counts(kCategories), cores(chip.cores().size());
    hw::collect_events(chip, counts, cores);
    for (const auto* list : {&counts, &cores}) {
      for (const hw::EventCounts& events : *list) {
        for (std::size_t i = 0; i < hw::kEvents; ++i) put(events[static_cast<hw::Event>(i)]);
      }
    }
    for (const std::uint32_t packets : chip.fabric().link_packets()) put(packets);
    put(chip.fabric().last_output());
    for (const hw::LateReport::Receiver& receiver : chip.late().receivers) {
      put(receiver.core);
      put(receiver.spikes);
      put(receiver.unfinished);
      late += receiver.spikes;
    }
    if (tracer != nullptr) tracer->tick_done(report, chip.cores(), 0.5);
    tick_done.notify(sc_core::SC_ZERO_TIME);
  }

  /// A write that does not wait for the bus.
  tlm::tlm_response_status poke(std::uint64_t address, std::uint64_t value) {
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<std::uint8_t*>(&value));
    payload.set_data_length(sizeof value);
    payload.set_streaming_width(sizeof value);
    sc_core::sc_time delay;
    driver.config->b_transport(payload, delay);
    return payload.get_response_status();
  }

  void send(const RandomLoad& load, test::Random& random, int count) {
    std::vector<std::uint64_t> packets;
    for (int i = 0; i < count; ++i) {
      packets.push_back(load.packet(chip.description(), random).bits());
    }
    driver.send(packets);
  }

  void commit(std::uint64_t ticks) {
    ASSERT_EQ(poke(control(arch::chip_control::kTicksCommitted), ticks), tlm::TLM_OK_RESPONSE);
  }

  /// Returns the behaviour of the loaded chip for kTicks inputs; no fault may occur.
  Record run(const RandomLoad& load) {
    record.clear();
    late = 0;
    origin = sc_core::sc_time_stamp();
    test::Random random(7);
    for (std::uint64_t tick = 0; tick < kTicks; ++tick) {
      send(load, random, 30);
      commit(tick + 1);
      sc_core::wait(tick_done);
      EXPECT_EQ(chip.fault(), "");
      if (!chip.fault().empty()) return {};
      const std::vector<std::uint64_t> outputs = driver.receive();
      record.insert(record.end(), outputs.begin(), outputs.end());
    }
    for (int core = 0; core < chip.description().grid().cores(); ++core) {
      for (const CoreRegion region : {CoreRegion::kStatus, CoreRegion::kCounters}) {
        const std::vector<std::uint64_t> words = content(core, region);
        record.insert(record.end(), words.begin(), words.end());
      }
    }
    return record;
  }

  /// Returns a region of a core, read through the debug interface.
  std::vector<std::uint64_t> content(int core, CoreRegion region) {
    const arch::CoreLocation place = chip.description().place(core);
    return debug_read(arch::core_address(place.unit, region, 0, place.chip),
                      arch::region_bytes(chip.description().core, region));
  }

  std::vector<std::uint64_t> debug_read(std::uint64_t address, std::uint64_t bytes) {
    std::vector<std::uint64_t> words(bytes / 8, 0x5555);
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<std::uint8_t*>(words.data()));
    payload.set_data_length(static_cast<unsigned>(bytes));
    payload.set_streaming_width(static_cast<unsigned>(bytes));
    EXPECT_EQ(driver.config->transport_dbg(payload), bytes);
    return words;
  }
};

/// The waveforms of a board, in a directory of their own.
struct Waveforms {
  std::string directory;
  std::unique_ptr<hw::BoardTracer> tracer;

  explicit Waveforms(const arch::ChipDescription& chip)
      : directory(testing::TempDir() + "reset_XXXXXX") {
    if (::mkdtemp(directory.data()) == nullptr) throw std::runtime_error(directory);
    hw::TraceRequest request;
    request.directory = directory;
    request.stem = "board";
    request.static_watt = 0.25;
    for (const int core : {0, 1, 2}) request.scope.cores[core] = {0, 1};
    request.scope.routers = {0, 1, 4};
    request.scope.host = true;
    tracer = std::make_unique<hw::BoardTracer>(chip, request);
  }
  ~Waveforms() { std::filesystem::remove_all(directory); }

  /// Returns the values of all signals at `origin`, and the following lines of the file with times
  /// relative to it.
  std::pair<std::map<std::string, std::string>, std::vector<std::string>> from(
      const sc_core::sc_time& origin) const {
    std::map<std::string, std::string> values;
    std::vector<std::string> lines;
    std::ifstream file(directory + "/board.vcd");
    std::string line;
    while (std::getline(file, line) && line != "$dumpvars") {
    }
    std::uint64_t time = 0;
    while (std::getline(file, line)) {
      if (line[0] == '#') time = std::stoull(line.substr(1));
      if (time > origin.value()) {
        lines.push_back(line[0] == '#' ? std::to_string(time - origin.value()) : line);
      } else if (line[0] != '#' && line[0] != '$') {
        const std::size_t code = line.find(' ') == std::string::npos ? 1 : line.find(' ') + 1;
        values[line.substr(code)] = line.substr(0, code);
      }
    }
    return {values, lines};
  }
};

/// A chip on which all tests run in sequence, and the behaviour of a fresh one.
struct Pair {
  std::string name;
  Bench used;
  Bench fresh;
  RandomLoad large;
  RandomLoad small;
  Record expected;  ///< behaviour of `fresh` with `small`

  Pair(const std::string& pair_name, const arch::ChipDescription& chip, hw::Timing timing,
       hw::BoardTracer* tracer = nullptr, hw::BoardTracer* fresh_tracer = nullptr)
      : name(pair_name),
        used(name, chip, timing, tracer),
        fresh(name + "_fresh", chip, timing, fresh_tracer),
        large(chip, every(chip, 1), 60, 1),
        small(chip, every(chip, 2), 12, 2) {}

  /// Returns every `step`-th core of a board.
  static std::vector<int> every(const arch::ChipDescription& chip, int step) {
    std::vector<int> cores;
    for (int core = 0; core < chip.grid().cores(); core += step) cores.push_back(core);
    return cores;
  }

  /// Loads `small` into the used chip and compares its behaviour with that of the fresh one.
  void expect_fresh() {
    used.driver.load(small.transactions);
    EXPECT_EQ(used.run(small) == expected, true) << name;
    ASSERT_FALSE(expected.empty());
  }

  /// Runs `large` for two ticks and sends packets for the next one.
  void start_large() {
    used.driver.load(large.transactions);
    test::Random random(3);
    used.send(large, random, 60);
    used.commit(2);
    for (int tick = 0; tick < 2; ++tick) sc_core::wait(used.tick_done);
    ASSERT_EQ(used.chip.fault(), "");
    used.send(large, random, 60);
  }
};

std::vector<std::unique_ptr<Pair>> g_pairs;
/// The pair with waveforms.
std::unique_ptr<Pair> g_traced;
std::unique_ptr<Waveforms> g_waveforms, g_fresh_waveforms;
/// A chip with ticks shorter than the work of a core.
std::unique_ptr<Bench> g_slow;
/// A board with an unbound reset port.
hw::Board* g_unbound = nullptr;

arch::ChipDescription description() {
  arch::ChipDescription chip = test::small_chip();
  chip.clock_hz = 100e6;
  return chip;
}

void make_pairs() {
  const auto add = [](const char* name, const arch::ChipDescription& chip,
                      hw::Timing timing = hw::Timing::kCycle) {
    g_pairs.push_back(std::make_unique<Pair>(name, chip, timing));
  };
  add("mesh", description());
  add("functional", description(), hw::Timing::kFunctional);
  arch::ChipDescription fixed = description();
  fixed.sync.tick_cycles = 90;
  fixed.sync.late_spikes = arch::LateSpikes::kNextTick;
  fixed.router.link_cycles = 3;
  fixed.host_port.cycles_per_packet = 2;
  add("fixed", fixed);
  arch::ChipDescription tree = description();
  tree.topology = arch::TopologyKind::kQuadtree;
  tree.mesh = {4, 4};
  tree.router.arbitration = arch::Arbitration::kFixedPriority;
  add("tree", tree);
  arch::ChipDescription board = description();
  board.board = {2, 1};
  board.core.synapse = arch::Synapse::kBinaryPair;
  board.core.expansion = {64, 2, 25};
  board.inter_chip.link_cycles = 2;
  board.inter_chip.flit_bits = 64;
  board.core.timing.neurons_per_cycle = 2;
  add("board", board);
  g_waveforms = std::make_unique<Waveforms>(description());
  g_fresh_waveforms = std::make_unique<Waveforms>(description());
  g_traced = std::make_unique<Pair>("traced", description(), hw::Timing::kCycle,
                                    g_waveforms->tracer.get(), g_fresh_waveforms->tracer.get());
  arch::ChipDescription slow = description();
  slow.sync.tick_cycles = 30;
  slow.sync.late_spikes = arch::LateSpikes::kNextTick;
  g_slow = std::make_unique<Bench>("slow", slow, hw::Timing::kCycle);
}

class Reset : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& pair : g_pairs) {
      if (!pair->expected.empty()) continue;
      pair->fresh.driver.load(pair->small.transactions);
      pair->expected = pair->fresh.run(pair->small);
      EXPECT_EQ(pair->fresh.late > 0, pair->name == "fixed");
    }
  }
};

TEST_F(Reset, OfAFreshChipChangesNothing) {
  for (const auto& pair : g_pairs) pair->expect_fresh();
}

TEST_F(Reset, AfterARun) {
  for (const auto& pair : g_pairs) {
    pair->start_large();
    EXPECT_NE(pair->used.record, pair->expected);
    pair->expect_fresh();
    pair->expect_fresh();
  }
}

TEST_F(Reset, InAnyCycleOfATick) {
  for (const auto& pair : g_pairs) {
    const auto length = static_cast<int>(pair->used.chip.description().sync.tick_cycles);
    for (int cycle = 0; cycle < 200; cycle += cycle < 20 || std::abs(cycle - length) < 8 ? 1 : 7) {
      pair->start_large();
      pair->used.commit(5);
      sc_core::wait(cycle * 10, sc_core::SC_NS);
      SCOPED_TRACE(cycle);
      pair->expect_fresh();
    }
  }
}

TEST_F(Reset, InAnyDeltaCycle) {
  for (const auto& pair : g_pairs) {
    for (int deltas = 0; deltas < 8; ++deltas) {
      // Counted from the start of a tick and from its end.
      for (const bool end : {false, true}) {
        pair->start_large();
        pair->used.commit(3);
        if (end) sc_core::wait(pair->used.tick_done);
        for (int i = 0; i < deltas; ++i) sc_core::wait(sc_core::SC_ZERO_TIME);
        SCOPED_TRACE(testing::Message() << deltas << end);
        pair->expect_fresh();
      }
    }
  }
}

TEST_F(Reset, NoTimePassesBeforeTheNextTick) {
  for (const auto& pair : g_pairs) {
    for (int deltas = 0; deltas < 8; ++deltas) {
      Bench& bench = pair->used;
      pair->start_large();
      // The network simulates ahead up to the next planned event of other processes, and then waits
      // for it.
      sc_core::sc_event other;
      other.notify(3000, sc_core::SC_NS);
      bench.commit(3);
      for (int i = 0; i < deltas; ++i) sc_core::wait(sc_core::SC_ZERO_TIME);
      ASSERT_EQ(bench.poke(control(arch::chip_control::kReset), 1), tlm::TLM_OK_RESPONSE);
      sc_core::sc_time ignored;
      for (const arch::Transaction& transaction : pair->small.transactions) {
        for (std::size_t at = 0; at < transaction.data.size(); at += 8) {
          std::uint64_t word;
          std::memcpy(&word, &transaction.data[at], sizeof word);
          ASSERT_EQ(bench.poke(transaction.address + at, word), tlm::TLM_OK_RESPONSE);
        }
      }
      EXPECT_TRUE(bench.run(pair->small) == pair->expected) << pair->name << " " << deltas;
    }
  }
}

TEST_F(Reset, AfterAFault) {
  for (const auto& pair : g_pairs) {
    Bench& bench = pair->used;
    pair->start_large();
    bench.driver.send({Packet::to_cores({1, 1, 1, 1}, 3, 4).bits()});
    bench.driver.commit(4);
    EXPECT_FALSE(bench.driver.wait_until_done(4));
    EXPECT_NE(bench.chip.fault(), "");
    bench.driver.reset();
    EXPECT_EQ(bench.chip.fault(), "");
    pair->expect_fresh();
  }
}

TEST_F(Reset, ByThePort) {
  for (const auto& pair : g_pairs) {
    Bench& bench = pair->used;
    for (int deltas = 0; deltas < 16; ++deltas) {
      pair->start_large();
      bench.commit(4);
      for (int i = 0; i < deltas % 8; ++i) sc_core::wait(sc_core::SC_ZERO_TIME);
      if (deltas >= 8) sc_core::wait(120, sc_core::SC_NS);
      bench.reset.write(true);
      sc_core::wait(20, sc_core::SC_NS);
      bench.reset.write(false);
      sc_core::wait(10, sc_core::SC_NS);
      bench.driver.write(pair->small.transactions);
      EXPECT_TRUE(bench.run(pair->small) == pair->expected) << pair->name << " " << deltas;
    }
  }
}

TEST_F(Reset, ThePortHoldsTheChipWhileItIsHigh) {
  Bench& bench = g_pairs[0]->used;
  g_pairs[0]->start_large();
  bench.reset.write(true);
  bench.record.clear();
  sc_core::wait(sc_core::SC_ZERO_TIME);
  sc_core::wait(sc_core::SC_ZERO_TIME);
  const std::uint64_t committed = control(arch::chip_control::kTicksCommitted);
  EXPECT_EQ(bench.poke(committed, 3), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(bench.poke(arch::core_address(0, CoreRegion::kRoutes, 0), 3),
            tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_THROW(bench.driver.send({Packet::to_cores({0, 0, 0, 0}, 0, 0).bits()}), std::logic_error);
  EXPECT_THROW(bench.driver.receive(), std::logic_error);
  std::uint64_t word = 3;
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_WRITE_COMMAND);
  payload.set_address(arch::core_address(0, CoreRegion::kRoutes, 0));
  payload.set_data_ptr(reinterpret_cast<std::uint8_t*>(&word));
  payload.set_data_length(sizeof word);
  payload.set_streaming_width(sizeof word);
  EXPECT_EQ(bench.driver.config->transport_dbg(payload), 0U);
  sc_core::wait(1, sc_core::SC_MS);
  EXPECT_THAT(bench.content(0, CoreRegion::kRoutes), testing::Each(0U));
  EXPECT_THAT(bench.record, testing::IsEmpty());
  // Data written without the bus during the reset is cleared when it ends.
  bench.chip.core(0).access(static_cast<int>(CoreRegion::kRoutes), 0,
                            reinterpret_cast<std::uint8_t*>(&word), sizeof word, true);
  bench.reset.write(false);
  sc_core::wait(sc_core::SC_ZERO_TIME);
  sc_core::wait(sc_core::SC_ZERO_TIME);
  EXPECT_THAT(bench.content(0, CoreRegion::kRoutes), testing::Each(0U));
  EXPECT_EQ(bench.poke(committed, 1), tlm::TLM_OK_RESPONSE);
  sc_core::wait(bench.tick_done);
  bench.driver.receive();
  g_pairs[0]->expect_fresh();
}

TEST_F(Reset, NothingIsLeftInMemoryAndRegisters) {
  for (const auto& pair : g_pairs) {
    Bench& bench = pair->used;
    int resets = 0;
    bench.chip.on_reset([&resets](std::int64_t cycle) {
      ++resets;
      EXPECT_EQ(static_cast<std::uint64_t>(cycle) * 10000, sc_core::sc_time_stamp().value());
    });
    pair->start_large();
    EXPECT_EQ(resets, 1);
    EXPECT_TRUE(bench.driver.wait_until_done(2));
    sc_core::wait(sc_core::SC_ZERO_TIME);
    EXPECT_TRUE(bench.driver.interrupt.read());
    bench.commit(4);
    sc_core::wait(60, sc_core::SC_NS);
    // Only the lowest bit of the register counts.
    EXPECT_EQ(bench.poke(control(arch::chip_control::kReset), 2), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(resets, 1);
    EXPECT_EQ(bench.poke(control(arch::chip_control::kReset), 3), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(resets, 2);
    for (int core = 0; core < bench.chip.description().grid().cores(); ++core) {
      for (const arch::CoreRegionInfo& info : arch::kCoreRegions) {
        if (arch::region_bytes(bench.chip.description().core, info.region) == 0) continue;
        EXPECT_THAT(bench.content(core, info.region), testing::Each(0U)) << arch::name(info.region);
      }
    }
    EXPECT_THAT(bench.debug_read(control(0), arch::chip_control::kBytes), testing::Each(0U));
    EXPECT_THAT(
        bench.debug_read(arch::chip_address(ChipRegion::kStatus, 0), arch::chip_status::kBytes),
        testing::Each(0U));
    EXPECT_EQ(bench.chip.bus().transactions(), 1U);
    EXPECT_EQ(bench.chip.bus().bytes(), 8U);
    EXPECT_THAT(bench.chip.late().receivers, testing::IsEmpty());
    EXPECT_THROW(bench.driver.receive(), std::logic_error) << "outputs of a tick are left";
    sc_core::wait(sc_core::SC_ZERO_TIME);
    sc_core::wait(sc_core::SC_ZERO_TIME);
    EXPECT_FALSE(bench.driver.interrupt.read());
    bench.record.clear();
    sc_core::wait(1, sc_core::SC_MS);
    EXPECT_THAT(bench.record, testing::IsEmpty()) << "a tick has gone on";
    bench.chip.on_reset({});
    pair->expect_fresh();
  }
}

TEST_F(Reset, ACoreThatHadNotFinishedStartsAnew) {
  Bench& bench = *g_slow;
  test::CoreProgram program;
  program.groups = {{0, 2, 2}};
  program.gather = {0};
  program.thresholds = {1};
  program.neurons.assign(20, {0, 1, 0, 1, 0, 0});
  std::vector<arch::Transaction> load;
  for (test::CoreProgram::Write& write : program.writes(bench.chip.description().core)) {
    load.push_back({arch::core_address(0, write.region, write.offset), std::move(write.data)});
  }
  // 1 + 20 * 2 cycles in ticks of 30 cycles.
  for (int i = 0; i < 2; ++i) {
    bench.driver.load(load);
    EXPECT_EQ(hw::model_of(bench.chip.core(0))->overrun(), 0);
    bench.commit(1);
    sc_core::wait(bench.tick_done);
    EXPECT_EQ(hw::model_of(bench.chip.core(0))->overrun(), 11);
  }
}

TEST_F(Reset, WaveformsBeginAnew) {
  Bench& used = g_traced->used;
  Bench& fresh = g_traced->fresh;
  // Resets in the middle of a tick by the register, then at the start of one by the port.
  g_traced->start_large();
  used.commit(5);
  sc_core::wait(600, sc_core::SC_NS);
  g_traced->start_large();
  used.commit(5);
  sc_core::wait(sc_core::SC_ZERO_TIME);
  used.reset.write(true);
  sc_core::wait(20, sc_core::SC_NS);
  used.reset.write(false);
  sc_core::wait(10, sc_core::SC_NS);
  for (Bench* bench : {&used, &fresh}) {
    bench->driver.write(g_traced->small.transactions);
    bench->run(g_traced->small);
    bench->tracer->finish();
  }
  const auto expected = g_fresh_waveforms->from(fresh.origin);
  EXPECT_GT(expected.second.size(), 1000U);
  EXPECT_EQ(g_waveforms->from(used.origin), expected);
}

TEST_F(Reset, AnCategoryStaysWhereItIs) {
  Bench& bench = g_pairs[0]->used;
  hw::CoreIf& core = bench.chip.core(0);
  bench.driver.load(g_pairs[0]->small.transactions);
  core.set_categories({2}, {});
  bench.driver.load(g_pairs[0]->small.transactions);
  bench.run(g_pairs[0]->small);
  EXPECT_EQ(hw::model_of(core)->group_categories(), std::vector<std::uint16_t>{2});
  core.set_categories({}, {});
  g_pairs[0]->expect_fresh();
}

TEST_F(Reset, ThePortNeedNotBeBound) { EXPECT_FALSE(g_unbound->reset.read()); }

TEST_F(Reset, VerifyingCoversWhatIsNotWritten) {
  for (const auto& pair : g_pairs) {
    hw::HostDriver& driver = pair->used.driver;
    const arch::ChipDescription& chip = pair->used.chip.description();
    driver.load(pair->small.transactions);
    hw::BusCost read, verified;
    sc_core::sc_time start = sc_core::sc_time_stamp();
    EXPECT_FALSE(driver.read_back(pair->small.transactions, read));
    const sc_core::sc_time taken = sc_core::sc_time_stamp() - start;
    start = sc_core::sc_time_stamp();
    EXPECT_FALSE(driver.verify(chip, pair->small.transactions, verified));
    EXPECT_EQ(sc_core::sc_time_stamp() - start, taken);
    EXPECT_EQ(verified.transactions, read.transactions);
    EXPECT_EQ(verified.bytes, read.bytes);
    EXPECT_EQ(verified.cycles, read.cycles);
    // Without a reset the previous content remains.
    driver.load(pair->large.transactions);
    driver.write(pair->small.transactions);
    EXPECT_FALSE(driver.read_back(pair->small.transactions, read));
    const auto mismatch = driver.verify(chip, pair->small.transactions, verified);
    ASSERT_TRUE(mismatch);
    EXPECT_FALSE(mismatch->written);
    EXPECT_EQ(mismatch->expected, 0U);
    EXPECT_NE(mismatch->found, 0U);
  }
}

TEST_F(Reset, VerifyingNamesAWordThatIsNotWritten) {
  hw::HostDriver& driver = g_pairs[0]->used.driver;
  const arch::ChipDescription& chip = g_pairs[0]->used.chip.description();
  // Core 1 is not in use; core 2 is, but its last route is not.
  const std::uint64_t last =
      arch::region_bytes(chip.core, CoreRegion::kRoutes) - arch::kBusWordBytes;
  for (const auto& [core, region, offset, text] :
       std::vector<std::tuple<int, CoreRegion, std::uint64_t, std::string>>{
           {1, CoreRegion::kControl, 0,
            "address 0x0000000100000000 (chip0.core_1_0, region control, offset 0x0) holds "
            "0x0000000000000001; nothing was written there"},
           {2, CoreRegion::kRoutes, last,
            "address 0x00000002900001f8 (chip0.core_2_0, region routes, offset 0x1f8) holds "
            "0x0000000000000001; nothing was written there"}}) {
    driver.load(g_pairs[0]->small.transactions);
    driver.write_register(arch::core_address(core, region, offset), 1);
    hw::BusCost cost;
    const auto mismatch = driver.verify(chip, g_pairs[0]->small.transactions, cost);
    ASSERT_TRUE(mismatch);
    EXPECT_EQ(mismatch->text(chip), text);
  }
}

}  // namespace

int sc_main(int, char*[]) {
  hw::silence_fault_reports();
  make_pairs();
  hw::Board unbound("unbound", description(), hw::Timing::kCycle, 1);
  test::Host host("host", unbound);
  g_unbound = &unbound;
  test::TestThread tests("tests");
  sc_core::sc_start();
  return tests.result();
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
