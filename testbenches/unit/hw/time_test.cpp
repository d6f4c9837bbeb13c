// SPDX-License-Identifier: Apache-2.0
// Tests the chip's time against SystemC's: initiators that run ahead, a clock whose period is not a
// whole number of picoseconds, and the end of time.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <systemc>
#include <tlm_utils/tlm_quantumkeeper.h>

#include "spikeloom/hw/bus/bus_tracer.h"
#include "spikeloom/hw/host/host_driver.h"
#include "spikeloom/hw/sync/has_process.h"
#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/hw/timing_example.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/temporary_file.h"

namespace {

using namespace spikeloom;
using arch::ChipRegion;
using arch::CoreRegion;
using arch::Packet;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::uint64_t kCommitted =
    arch::chip_address(ChipRegion::kControl, arch::chip_control::kTicksCommitted);
const std::uint64_t kDone = arch::chip_address(ChipRegion::kStatus, arch::chip_status::kTicksDone);

/// 633 cycles take exactly a million picoseconds.
constexpr double kClockHz = 633e6;

arch::ChipDescription description() {
  arch::ChipDescription chip = test::small_chip();
  chip.clock_hz = kClockHz;
  return chip;
}

std::int64_t bus_cycles(const arch::BusDescription& bus, std::size_t bytes) {
  const auto count = static_cast<int>(bytes);
  return bus.latency_cycles + (count + bus.bytes_per_cycle - 1) / bus.bytes_per_cycle;
}

// ---- Initiators that run ahead

/// A quantum keeper with a quantum of its own, as each processor of a platform has one.
class QuantumKeeper : public tlm_utils::tlm_quantumkeeper {
 public:
  explicit QuantumKeeper(const sc_core::sc_time& quantum) : quantum_(quantum) { reset(); }

 protected:
  sc_core::sc_time compute_local_quantum() override { return quantum_; }

 private:
  sc_core::sc_time quantum_;
};

/// What a processor observes of a chip.
struct Seen {
  std::vector<std::tuple<std::int64_t, std::int64_t>> ticks;  ///< start cycle and number of cycles
  std::vector<std::vector<int>> outputs;
  std::vector<std::uint64_t> registers;
  std::vector<sc_core::sc_time> times;  ///< local time of the processor after each step

  bool operator==(const Seen& other) const {
    return ticks == other.ticks && outputs == other.outputs && registers == other.registers &&
           times == other.times;
  }
};

/// A processor of a virtual platform that drives a chip. Its computations and accesses run ahead of
/// SystemC time by at most its quantum.
class Processor : public sc_core::sc_module {
 public:
  Processor(const sc_core::sc_module_name& name, const sc_core::sc_time& quantum)
      : sc_module(name), chip_("chip", description(), hw::Timing::kCycle, 1), keeper_(quantum) {
    config_.bind(chip_.config);
    spikes_.bind(chip_.spikes);
    chip_.interrupt(interrupt_);
    chip_.on_tick_done([this](const hw::TickReport& report) {
      seen.ticks.emplace_back(report.start_cycle, report.cycles);
    });
    SPIKELOOM_HAS_PROCESS(Processor);
    SC_THREAD(run);
  }

  void load(const arch::CoreDescription& core, int number, const test::CoreProgram& program) {
    for (test::CoreProgram::Write& write : program.writes(core)) {
      EXPECT_EQ(access(config_, tlm::TLM_WRITE_COMMAND,
                       arch::core_address(number, write.region, write.offset), write.data),
                tlm::TLM_OK_RESPONSE);
    }
  }

  Seen seen;
  bool done = false;

 private:
  using Socket = tlm_utils::simple_initiator_socket<Processor>;

  tlm::tlm_response_status access(Socket& socket, tlm::tlm_command command, std::uint64_t address,
                                  std::vector<std::uint8_t>& data) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data.data());
    payload.set_data_length(static_cast<unsigned>(data.size()));
    payload.set_streaming_width(static_cast<unsigned>(data.size()));
    sc_core::sc_time delay = keeper_.get_local_time();
    socket->b_transport(payload, delay);
    keeper_.set(delay);
    if (keeper_.need_sync()) keeper_.sync();
    return payload.get_response_status();
  }

  void write(Socket& socket, std::uint64_t address, std::uint64_t value) {
    std::vector<std::uint8_t> data(sizeof value);
    std::memcpy(data.data(), &value, sizeof value);
    EXPECT_EQ(access(socket, tlm::TLM_WRITE_COMMAND, address, data), tlm::TLM_OK_RESPONSE);
  }

  std::uint64_t read(Socket& socket, std::uint64_t address) {
    std::vector<std::uint8_t> data(sizeof(std::uint64_t));
    EXPECT_EQ(access(socket, tlm::TLM_READ_COMMAND, address, data), tlm::TLM_OK_RESPONSE);
    return test::Host::word(data);
  }

  void compute(double nanoseconds) {
    keeper_.inc(sc_core::sc_time(nanoseconds, sc_core::SC_NS));
    if (keeper_.need_sync()) keeper_.sync();
  }

  void send(int axon) {
    write(spikes_, arch::host_port::kData, Packet::to_cores({0, 0, 0, 0}, 0, axon).bits());
  }

  std::vector<int> receive() {
    std::vector<int> outputs;
    for (std::uint64_t left = read(spikes_, arch::host_port::kOutputCount); left != 0; --left) {
      outputs.push_back(Packet(read(spikes_, arch::host_port::kData)).output());
    }
    write(spikes_, arch::host_port::kNextOutput, 0);
    return outputs;
  }

  void look() {
    for (const std::uint64_t address :
         {kDone, arch::core_address(0, CoreRegion::kStatus, arch::core_status::kState),
          arch::core_address(0, CoreRegion::kCounters,
                             arch::counter_offset(arch::CoreCounter::kAxonWrites))}) {
      seen.registers.push_back(read(config_, address));
    }
    seen.times.push_back(sc_core::sc_time_stamp() + keeper_.get_local_time());
  }

  void run() {
    test::load_timing_example(*this, chip_.description().core);
    compute(20000);  // the chip must not start earlier
    send(0);
    send(1);
    write(config_, kCommitted, 1);
    look();
    // Waits for the tick without polling, longer than the tick takes.
    compute(1000);
    seen.outputs.push_back(receive());
    write(config_, kCommitted, 3);
    // While ticks are running, neuron 1 of core 0 is changed to need one axon instead of two, from
    // the next tick on.
    compute(1);
    std::vector<std::uint8_t> threshold = {1, 0, 0, 0, 1, 0, 0, 0};
    access(config_, tlm::TLM_WRITE_COMMAND, arch::core_address(0, CoreRegion::kThresholds, 0),
           threshold);
    // Uses small steps, so that some polls coincide with ends of ticks.
    for (int i = 0; i < 40; ++i) {
      compute(i % 7);
      look();
    }
    for (int tick = 1; tick < 3; ++tick) seen.outputs.push_back(receive());
    for (std::uint64_t tick = 3; tick < 8; ++tick) {
      send(static_cast<int>(tick % 2));
      write(config_, kCommitted, tick + 1);
      while (read(config_, kDone) <= tick) compute(13.7);
      seen.outputs.push_back(receive());
      look();
    }
    done = true;
  }

  Socket config_;
  Socket spikes_;
  sc_core::sc_signal<bool> interrupt_;
  hw::Board chip_;
  QuantumKeeper keeper_;
};

// ---- The chip of the driver, and one whose time ends

struct LoggedBus : public hw::BusObserver {
  void started(const hw::BusAccess& access) override { starts.push_back(access.start_cycle); }
  void ended(tlm::tlm_response_status, std::int64_t cycle) override { ends.push_back(cycle); }
  std::vector<std::int64_t> starts, ends;
};

arch::ChipDescription slow_description() {
  arch::ChipDescription chip = test::small_chip();
  chip.clock_hz = 1e3;
  chip.sync.tick_cycles = 600'000'000;
  return chip;
}

struct Bench {
  LoggedBus bus;
  hw::Board chip{"chip", description(), hw::Timing::kCycle, 1, {nullptr, &bus}};
  hw::HostDriver driver;
  hw::Board slow{"slow", slow_description(), hw::Timing::kCycle, 1};
  test::Host slow_host{"slow_host", slow};
  std::vector<std::unique_ptr<Processor>> processors;
  int result = 1;

  Bench() : driver("driver", [this](hw::HostDriver&) { result = RUN_ALL_TESTS(); }) {
    driver.connect(chip);
    for (const double microseconds : {0.0, 1.0, 1000.0}) {
      processors.push_back(
          std::make_unique<Processor>(("processor" + std::to_string(processors.size())).c_str(),
                                      sc_core::sc_time(microseconds, sc_core::SC_US)));
    }
  }
};

Bench* g_bench = nullptr;

TEST(Time, LoadingIsCountedInCycles) {
  // More accesses than picoseconds per cycle, so that rounding errors would accumulate visibly.
  std::vector<arch::Transaction> writes;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    writes.push_back({arch::core_address(0, CoreRegion::kRoutes, 8 * (i % 16)),
                      std::vector<std::uint8_t>(i % 3 == 0 ? 256 : 8, std::uint8_t{0x11})});
  }
  std::int64_t expected = 0;
  for (const arch::Transaction& write : writes) {
    expected += bus_cycles(g_bench->chip.description().bus, write.data.size());
  }
  const hw::CycleClock clock(kClockHz);
  const std::int64_t start = clock.cycle(sc_core::sc_time_stamp());
  EXPECT_EQ(clock.time(start), sc_core::sc_time_stamp());
  g_bench->bus.starts.clear();
  g_bench->bus.ends.clear();
  const hw::BusCost cost = g_bench->driver.write(writes);
  EXPECT_EQ(cost.cycles, expected);
  EXPECT_EQ(sc_core::sc_time_stamp(), clock.time(start + expected));
  hw::BusCost reading;
  EXPECT_FALSE(g_bench->driver.read_back({writes[1998], writes[1999]}, reading));
  EXPECT_EQ(reading.cycles, bus_cycles(g_bench->chip.description().bus, 256) +
                                bus_cycles(g_bench->chip.description().bus, 8));
  // Each access begins when the previous one ends.
  ASSERT_EQ(g_bench->bus.starts.size(), 2002U);
  EXPECT_EQ(g_bench->bus.starts.front(), start);
  for (std::size_t i = 1; i < g_bench->bus.starts.size(); ++i) {
    EXPECT_EQ(g_bench->bus.starts[i], g_bench->bus.ends[i - 1]);
  }
}

TEST(Time, StampsOfTheBusAreThoseOfItsCycles) {
  const test::TemporaryFile file;
  hw::VcdWriter writer(file.path());
  hw::BusTracer tracer(writer, {"bus"}, base::PicosecondClock(kClockHz));
  writer.begin("");
  writer.open(0);
  tracer.started({true, 16, 8, 489});
  tracer.ended(tlm::TLM_OK_RESPONSE, 633'000'000'005);
  writer.close(2'000'000'000'000'000);
  // 489e6 / 633 = 772511.8, 5e6 / 633 = 7898.9
  EXPECT_THAT(file.content(), HasSubstr("\n#772512\n"));
  EXPECT_THAT(file.content(), HasSubstr("\n#1000000000007899\n"));
}

TEST(Time, ProcessorsThatRunAheadSeeTheSameChip) {
  sc_core::wait(1, sc_core::SC_MS);
  const std::vector<std::unique_ptr<Processor>>& processors = g_bench->processors;
  for (const auto& processor : processors) ASSERT_TRUE(processor->done);
  const Seen& seen = processors.front()->seen;
  // Loading and 20 us of other work precede the first tick.
  ASSERT_EQ(seen.ticks.size(), 8U);
  EXPECT_GT(std::get<0>(seen.ticks[0]), 20000 * 633 / 1000);
  // See docs/timing.md, "A whole tick".
  EXPECT_EQ(std::get<1>(seen.ticks[0]), 16);
  EXPECT_EQ(std::get<1>(seen.ticks[1]), 21);
  EXPECT_EQ(std::get<1>(seen.ticks[2]), 29);
  EXPECT_THAT(seen.outputs[0], IsEmpty());
  EXPECT_THAT(seen.outputs[1], IsEmpty());
  EXPECT_THAT(seen.outputs[2], ElementsAre(10, 11, 20));
  // Neuron 1 now needs only one axon.
  EXPECT_THAT(seen.outputs[5], ElementsAre(10, 11, 20));
  for (const auto& processor : processors) {
    EXPECT_EQ(processor->seen.ticks, seen.ticks) << processor->name();
    EXPECT_EQ(processor->seen.outputs, seen.outputs) << processor->name();
    EXPECT_EQ(processor->seen.registers, seen.registers) << processor->name();
    EXPECT_EQ(processor->seen.times, seen.times) << processor->name();
  }
}

TEST(Time, ATickBeyondItsEndStopsTheChip) {
  // 2^63 ps are 9223372036 cycles: 15 ticks after some register accesses.
  EXPECT_EQ(g_bench->slow_host.write(kCommitted, {20}), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(g_bench->slow_host.read(kDone), 0U);
  while (g_bench->slow.fault().empty()) sc_core::wait(1e6, sc_core::SC_SEC);
  EXPECT_EQ(g_bench->slow.fault(),
            "tick 15 (600000000 cycles) would end after 9223372 s, the longest time that can be "
            "simulated");
  EXPECT_EQ(g_bench->slow_host.read(
                arch::chip_address(ChipRegion::kStatus, arch::chip_status::kInterruptStatus)),
            arch::interrupt::kAll);
}

}  // namespace

int sc_main(int, char*[]) {
  hw::silence_fault_reports();
  Bench bench;
  g_bench = &bench;
  sc_core::sc_start();
  return bench.result;
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
