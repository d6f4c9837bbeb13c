// SPDX-License-Identifier: Apache-2.0
// Tests a host driver on a chip, used like software on a real host: loading, reading back, and
// accesses over the configuration bus while ticks are running.
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/hw/board/event_collector.h"
#include "spikeloom/hw/host/host_driver.h"
#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/support/chips.h"

namespace {

using namespace spikeloom;
using arch::ChipRegion;
using arch::CoreCounter;
using arch::CoreRegion;
using arch::Packet;
using testing::ElementsAre;

constexpr std::uint64_t kTicks = 20;

/// Returns a chip whose clock period is a whole number of nanoseconds, so that sums of times are
/// exact.
arch::ChipDescription description(const arch::BusDescription& bus) {
  arch::ChipDescription chip = test::small_chip();
  chip.clock_hz = 100e6;
  chip.bus = bus;
  chip.sync.barrier_cycles = 300;  // leaves time for accesses within a tick
  return chip;
}

/// Core 0 forwards each axon of the input to core 1, which forwards it to the host.
std::vector<arch::Transaction> transactions(const arch::ChipDescription& chip) {
  std::vector<arch::Transaction> result;
  for (const int core : {0, 1}) {
    test::CoreProgram program;
    program.groups = {{0, 2, 2}};
    program.gather = {0, 1};
    program.thresholds = {1, 1};
    program.neurons = {{0, 1, 0, 1, 0, 1}, {1, 1, 1, 1, 1, 1}};
    program.weights = {{0, 0, 1}, {1, 1, 1}};
    for (const int axon : {0, 1}) {
      program.routes.push_back(core == 0 ? Packet::to_cores({1, 0, 1, 0}, 0, axon)
                                         : Packet::to_host(axon));
    }
    for (test::CoreProgram::Write& write : program.writes(chip.core)) {
      result.push_back(
          {arch::core_address(core, write.region, write.offset), std::move(write.data)});
    }
  }
  // A burst to a core that is not enabled.
  result.push_back({arch::core_address(5, CoreRegion::kRoutes, 8),
                    std::vector<std::uint8_t>(256, std::uint8_t{0x5a})});
  return result;
}

std::int64_t formula(const arch::BusDescription& bus,
                     const std::vector<arch::Transaction>& writes) {
  std::int64_t cycles = 0;
  for (const arch::Transaction& write : writes) {
    const auto bytes = static_cast<int>(write.data.size());
    cycles += bus.latency_cycles + (bytes + bus.bytes_per_cycle - 1) / bus.bytes_per_cycle;
  }
  return cycles;
}

sc_core::sc_time cycles(std::int64_t count) {
  return sc_core::sc_time(10.0 * static_cast<double>(count), sc_core::SC_NS);
}

/// The chip that the driver controls, and chips with other buses.
struct Bench {
  hw::Board chip{"chip", description({8, 4, 1024}), hw::Timing::kCycle, 1};
  hw::HostDriver driver;
  test::ProtocolChecker config_checker{"config_checker"};
  test::ProtocolChecker spikes_checker{"spikes_checker"};
  std::vector<std::unique_ptr<hw::Board>> others;
  std::vector<std::unique_ptr<test::Host>> hosts;
  hw::EventCounts events;
  std::uint64_t spikes = 0;
  int result = 1;

  Bench() : driver("driver", [this](hw::HostDriver&) { result = RUN_ALL_TESTS(); }) {
    driver.connect(chip, config_checker.from_initiator, spikes_checker.from_initiator);
    config_checker.to_target.bind(chip.config);
    spikes_checker.to_target.bind(chip.spikes);
    chip.on_tick_done([this](const hw::TickReport&) { record(); });
    constexpr std::array<arch::BusDescription, 5> kBuses = {
        {{1, 0, 512}, {8, 0, 512}, {8, 4, 512}, {24, 7, 256}, {4096, 100, 256}}};
    for (const arch::BusDescription& bus : kBuses) {
      const auto name = std::to_string(others.size());
      others.push_back(std::make_unique<hw::Board>(("chip" + name).c_str(), description(bus),
                                                   hw::Timing::kCycle, 1));
      hosts.push_back(std::make_unique<test::Host>(("host" + name).c_str(), *others.back()));
    }
  }

  void record() {
    std::vector<hw::EventCounts> counts(1), cores(chip.cores().size());
    hw::collect_events(chip, counts, cores);
    events += counts[0];
    for (const hw::CoreIf* core : chip.cores()) {
      for (const std::uint64_t fired : core->fired()) {
        spikes += static_cast<std::uint64_t>(__builtin_popcountll(fired));
      }
    }
  }

  std::vector<arch::Transaction> loaded() const { return transactions(chip.description()); }
};

Bench* g_bench = nullptr;

std::uint64_t status(std::uint64_t offset) {
  return g_bench->driver.read_register(arch::chip_address(ChipRegion::kStatus, offset));
}

/// Returns the sum of a counter over all cores.
std::uint64_t counter(CoreCounter which) {
  std::uint64_t sum = 0;
  for (int core = 0; core < g_bench->chip.description().mesh.cores(); ++core) {
    sum += g_bench->driver.read_register(
        arch::core_address(core, CoreRegion::kCounters, arch::counter_offset(which)));
  }
  return sum;
}

std::uint64_t state(int core) {
  return g_bench->driver.read_register(
      arch::core_address(core, CoreRegion::kStatus, arch::core_status::kState));
}

TEST(Loading, TakesLatencyAndDataOfEveryTransaction) {
  const auto writes = g_bench->loaded();
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  const hw::BusCost cost = g_bench->driver.load(writes);
  const std::int64_t expected = formula(g_bench->chip.description().bus, writes);
  // The reset, which writes one word, takes time but does not count in the cost.
  EXPECT_EQ(sc_core::sc_time_stamp() - start, cycles(5 + expected));
  EXPECT_EQ(cost.cycles, expected);
  EXPECT_EQ(cost.transactions, writes.size());
  std::uint64_t bytes = 0;
  for (const arch::Transaction& write : writes) bytes += write.data.size();
  EXPECT_EQ(cost.bytes, bytes);
}

TEST(Loading, BandwidthAndLatencyAreTheBusDescriptions) {
  std::vector<std::int64_t> lengths;
  for (std::size_t i = 0; i < g_bench->others.size(); ++i) {
    const arch::ChipDescription& chip = g_bench->others[i]->description();
    sc_core::sc_time delay;
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    const auto writes = transactions(chip);
    for (const arch::Transaction& write : writes) {
      test::Access access{tlm::TLM_WRITE_COMMAND, write.address,
                          std::vector<std::uint8_t>(write.data.begin(), write.data.end()), false,
                          UINT32_MAX};
      const test::Answer answer =
          g_bench->hosts[i]->transport(g_bench->hosts[i]->config, access, delay);
      EXPECT_EQ(answer.status, tlm::TLM_OK_RESPONSE);
      delay = answer.delay;
    }
    lengths.push_back(formula(chip.bus, writes));
    EXPECT_EQ(sc_core::sc_time_stamp() + delay - start, cycles(lengths.back()));
  }
  const auto writes = static_cast<std::int64_t>(g_bench->loaded().size());
  EXPECT_EQ(lengths[2], lengths[1] + 4 * writes);
  EXPECT_EQ(lengths[0], 8 * lengths[1]);  // all its bytes are transferred, one per cycle
}

TEST(Verification, ReadsBackWhatWasLoaded) {
  const auto writes = g_bench->loaded();
  const hw::BusCost loading = g_bench->driver.load(writes);
  const std::uint64_t written = g_bench->chip.bus().bytes_written();
  const std::uint64_t transferred = g_bench->chip.bus().bytes();
  hw::BusCost cost;
  EXPECT_FALSE(g_bench->driver.verify(g_bench->chip.description(), writes, cost));
  EXPECT_EQ(cost.transactions, loading.transactions);
  EXPECT_EQ(cost.bytes, loading.bytes);
  EXPECT_EQ(cost.cycles, loading.cycles);
  EXPECT_EQ(g_bench->chip.bus().bytes_written(), written);
  EXPECT_EQ(g_bench->chip.bus().bytes(), transferred + cost.bytes);
}

TEST(Verification, NamesTheFirstWordThatDiffers) {
  const auto writes = g_bench->loaded();
  g_bench->driver.load(writes);
  // Flips a bit in the third word of the burst without using the bus.
  hw::CoreIf& core = g_bench->chip.core(5);
  std::uint64_t word = 0x5a5a5a5a5a5a5a5b;
  ASSERT_EQ(core.access(static_cast<int>(CoreRegion::kRoutes), 8 + 16,
                        reinterpret_cast<std::uint8_t*>(&word), sizeof word, true),
            hw::AccessResult::kOk);
  hw::BusCost cost;
  const auto mismatch = g_bench->driver.verify(g_bench->chip.description(), writes, cost);
  ASSERT_TRUE(mismatch);
  EXPECT_EQ(mismatch->address, arch::core_address(5, CoreRegion::kRoutes, 24));
  EXPECT_EQ(mismatch->found, 0x5a5a5a5a5a5a5a5bU);
  EXPECT_EQ(mismatch->expected, 0x5a5a5a5a5a5a5a5aU);
  EXPECT_EQ(mismatch->text(g_bench->chip.description()),
            "address 0x0000000590000018 (chip0.core_2_1, region routes, offset 0x18) holds "
            "0x5a5a5a5a5a5a5a5b; 0x5a5a5a5a5a5a5a5a was written");
  g_bench->driver.load(writes);
  EXPECT_FALSE(g_bench->driver.verify(g_bench->chip.description(), writes, cost));
}

/// Runs kTicks ticks with an image of both axons in each, and calls `during` after committing each
/// tick.
std::vector<std::size_t> run_ticks(const std::function<void(std::uint64_t)>& during) {
  hw::HostDriver& driver = g_bench->driver;
  const std::uint64_t done = status(arch::chip_status::kTicksDone);
  std::vector<std::size_t> outputs;
  for (std::uint64_t tick = 0; tick < kTicks; ++tick) {
    driver.send(
        {Packet::to_cores({0, 0, 0, 0}, 0, 0).bits(), Packet::to_cores({0, 0, 0, 0}, 0, 1).bits()});
    driver.commit(1);
    during(tick);
    EXPECT_TRUE(driver.wait_until_done(done + tick + 1));
    outputs.push_back(driver.receive().size());
  }
  return outputs;
}

TEST(DuringARun, MemoryIsReadAndWrittenWordByWordAndInBursts) {
  g_bench->driver.load(g_bench->loaded());
  const auto expected = run_ticks([](std::uint64_t) {});
  EXPECT_EQ(expected.back(), 2U);
  // The first two ticks still process the last images of the previous run.
  const std::uint64_t done = status(arch::chip_status::kTicksDone);
  const auto outputs = run_ticks([done](std::uint64_t tick) {
    for (const std::size_t bytes : {std::size_t{8}, std::size_t{256}}) {
      std::vector<arch::Transaction> writes = {
          {arch::core_address(4, CoreRegion::kThresholds, 8 * tick),
           std::vector<std::uint8_t>(bytes, static_cast<std::uint8_t>(tick + bytes))}};
      g_bench->driver.write(writes);
      hw::BusCost cost;
      EXPECT_FALSE(g_bench->driver.read_back(writes, cost));
      EXPECT_EQ(status(arch::chip_status::kTicksDone), done + tick) << "the tick is over";
    }
  });
  EXPECT_EQ(std::vector<std::size_t>(outputs.begin() + 2, outputs.end()),
            std::vector<std::size_t>(expected.begin() + 2, expected.end()));
}

TEST(DuringARun, StatusFollowsTheSpikes) {
  g_bench->driver.load(g_bench->loaded());
  run_ticks([](std::uint64_t) {});
  const std::uint64_t enabled = arch::core_status::kEnabled;
  // The input of the last tick waits in core 0, and what core 0 sent in that tick waits in core 1.
  EXPECT_EQ(state(0), enabled | arch::core_status::kWaiting);
  EXPECT_EQ(state(1), enabled | arch::core_status::kWaiting);
  EXPECT_EQ(state(5), 0U);
  g_bench->driver.commit(2);
  EXPECT_TRUE(g_bench->driver.wait_until_done(status(arch::chip_status::kTicksDone) + 2));
  EXPECT_EQ(g_bench->driver.receive().size(), 2U);
  EXPECT_EQ(g_bench->driver.receive().size(), 2U);
  EXPECT_EQ(state(0), enabled);
  EXPECT_EQ(state(1), enabled);
}

TEST(DuringARun, CountersGrowByWhatTheLedgerCounts) {
  g_bench->driver.load(g_bench->loaded());
  constexpr std::array<CoreCounter, 8> kCounters = {
      CoreCounter::kTicks,        CoreCounter::kScanWords,
      CoreCounter::kRowWordReads, CoreCounter::kSynapticOperations,
      CoreCounter::kAxonWrites,   CoreCounter::kNeuronUpdates,
      CoreCounter::kSpikes,       CoreCounter::kPackets};
  std::vector<std::uint64_t> before;
  for (const CoreCounter which : kCounters) before.push_back(counter(which));
  const hw::EventCounts events = g_bench->events;
  const std::uint64_t spikes = g_bench->spikes;
  run_ticks([](std::uint64_t) {});
  const auto grown = [&](hw::Event event) { return g_bench->events[event] - events[event]; };
  std::vector<std::uint64_t> growth;
  for (std::size_t i = 0; i < kCounters.size(); ++i) {
    growth.push_back(counter(kCounters[i]) - before[i]);
  }
  EXPECT_THAT(growth,
              ElementsAre(2 * kTicks, grown(hw::Event::kScanWord), grown(hw::Event::kRowWordRead),
                          grown(hw::Event::kAccumulate), grown(hw::Event::kAxonWrite), 4 * kTicks,
                          g_bench->spikes - spikes, grown(hw::Event::kRouteRead)));
  // Each core processes two axons per tick, except core 1 in its first one or two ticks.
  EXPECT_EQ(grown(hw::Event::kAccumulate), g_bench->spikes - spikes);
  EXPECT_GT(g_bench->spikes - spikes, 4 * kTicks - 8);
}

TEST(DuringARun, TheInterruptLineTellsOfEveryTick) {
  hw::HostDriver& driver = g_bench->driver;
  const auto control = [](std::uint64_t offset) {
    return arch::chip_address(ChipRegion::kControl, offset);
  };
  g_bench->driver.load(g_bench->loaded());
  driver.write_register(control(arch::chip_control::kInterruptEnable), arch::interrupt::kAll);
  for (std::uint64_t tick = 0; tick < kTicks; ++tick) {
    EXPECT_FALSE(g_bench->driver.interrupt.read());
    driver.commit(1);
    sc_core::wait(g_bench->driver.interrupt.posedge_event());
    EXPECT_EQ(status(arch::chip_status::kInterruptStatus), arch::interrupt::kTickDone);
    driver.write_register(control(arch::chip_control::kInterruptClear), arch::interrupt::kTickDone);
    EXPECT_EQ(status(arch::chip_status::kInterruptStatus), 0U);
    driver.receive();
  }
  // If disabled, a finished tick is pending but the line stays low; if enabled, the line rises
  // immediately.
  driver.write_register(control(arch::chip_control::kInterruptEnable), arch::interrupt::kError);
  driver.commit(1);
  const std::uint64_t done = status(arch::chip_status::kTicksDone);
  while (status(arch::chip_status::kTicksDone) == done) {
    EXPECT_FALSE(g_bench->driver.interrupt.read());
  }
  EXPECT_FALSE(g_bench->driver.interrupt.read());
  EXPECT_EQ(status(arch::chip_status::kInterruptStatus), arch::interrupt::kTickDone);
  driver.write_register(control(arch::chip_control::kInterruptEnable), arch::interrupt::kAll);
  sc_core::wait(cycles(1));
  EXPECT_TRUE(g_bench->driver.interrupt.read());
  driver.write_register(control(arch::chip_control::kInterruptClear), arch::interrupt::kAll);
  driver.receive();
}

TEST(Refusals, EndInTheScriptWithTheAccess) {
  const std::uint64_t address = arch::core_address(0, CoreRegion::kStatus, 0);
  try {
    g_bench->driver.write_register(address, 1);
    FAIL() << "a write to a status register was granted";
  } catch (const std::logic_error& error) {
    EXPECT_STREQ(error.what(),
                 "write of 8 bytes at 0x0000000010000000 failed: TLM_COMMAND_ERROR_RESPONSE");
  }
}

}  // namespace

int sc_main(int, char*[]) {
  Bench bench;
  g_bench = &bench;
  sc_core::sc_start();
  return bench.result;
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
