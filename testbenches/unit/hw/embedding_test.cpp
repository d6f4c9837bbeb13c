// SPDX-License-Identifier: Apache-2.0
// Tests a chip in a platform with a clock of its own, whose sc_main continues after the host script
// has finished.
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "spikeloom/hw/host/host_driver.h"
#include "spikeloom/hw/sync/has_process.h"
#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/hw/random_load.h"
#include "testbenches/unit/support/chips.h"

namespace {

using namespace spikeloom;
using test::RandomLoad;

constexpr std::uint64_t kTicks = 5;

/// A thread that runs a job whenever it is asked to.
class Worker : public sc_core::sc_module {
 public:
  explicit Worker(const sc_core::sc_module_name& name) : sc_module(name) {
    SPIKELOOM_HAS_PROCESS(Worker);
    SC_THREAD(run);
    set_stack_size(8 << 20);
  }

  void ask(std::function<void()> job) {
    job_ = std::move(job);
    asked_.notify(sc_core::SC_ZERO_TIME);
  }

 private:
  void run() {
    while (true) {
      wait(asked_);
      job_();
    }
  }

  std::function<void()> job_;
  sc_core::sc_event asked_;
};

struct Chip {
  hw::Board board;
  hw::HostDriver driver;
  sc_core::sc_signal<bool> reset;
  std::vector<std::int64_t> cycles;

  Chip(const std::string& name, std::function<void(hw::HostDriver&)> script)
      : board(("board_" + name).c_str(), test::small_chip(), hw::Timing::kCycle, 1),
        driver(("driver_" + name).c_str(), std::move(script)),
        reset(("reset_" + name).c_str()) {
    driver.connect(board);
    board.reset(reset);
    board.on_tick_done([this](const hw::TickReport& report) { cycles.push_back(report.cycles); });
  }

  /// Loads and runs a random load; returns the outputs of each tick.
  std::vector<std::vector<std::uint64_t>> run(const RandomLoad& load) {
    cycles.clear();
    driver.load(load.transactions);
    test::Random random(9);
    std::vector<std::vector<std::uint64_t>> outputs;
    for (std::uint64_t tick = 0; tick < kTicks; ++tick) {
      driver.send({load.packet(board.description(), random).bits(),
                   load.packet(board.description(), random).bits()});
      driver.commit(1);
      EXPECT_TRUE(driver.wait_until_done(tick + 1));
      outputs.push_back(driver.receive());
    }
    return outputs;
  }
};

const RandomLoad& first_load() {
  static const RandomLoad kLoad(test::small_chip(), {0, 1, 2, 3, 4, 5}, 60, 1);
  return kLoad;
}

const RandomLoad& second_load() {
  static const RandomLoad kLoad(test::small_chip(), {0, 2, 4}, 12, 2);
  return kLoad;
}

Chip* g_chip = nullptr;
Chip* g_fresh = nullptr;
Chip* g_failing = nullptr;
Worker* g_worker = nullptr;
sc_core::sc_time g_finished;

TEST(Embedding, TheSimulationGoesOnWhenTheScriptIsOver) {
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  EXPECT_FALSE(g_chip->driver.finished());
  std::vector<std::vector<std::uint64_t>> expected, outputs;
  g_worker->ask([] {
    sc_core::wait(g_chip->driver.finished_event());
    g_finished = sc_core::sc_time_stamp();
  });
  sc_core::sc_start(1, sc_core::SC_MS);
  EXPECT_EQ(sc_core::sc_get_status(), sc_core::SC_PAUSED);
  EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::sc_time(1, sc_core::SC_MS));
  EXPECT_TRUE(g_chip->driver.finished());
  g_chip->driver.rethrow_failure();
  EXPECT_GT(g_finished, sc_core::SC_ZERO_TIME);
  EXPECT_LT(g_finished, sc_core::sc_time_stamp());
  EXPECT_EQ(g_chip->cycles.size(), kTicks);
  const std::vector<std::int64_t> first_cycles = g_chip->cycles;

  g_worker->ask([&] { outputs = g_chip->run(second_load()); });
  sc_core::sc_start(1, sc_core::SC_MS);
  g_worker->ask([&] { expected = g_fresh->run(second_load()); });
  sc_core::sc_start(1, sc_core::SC_MS);
  EXPECT_EQ(expected.size(), kTicks);
  EXPECT_EQ(outputs, expected);
  EXPECT_EQ(g_chip->cycles, g_fresh->cycles);
  EXPECT_NE(g_chip->cycles, first_cycles);
  EXPECT_EQ(g_chip->board.fault(), "");

  // sc_main resets the chip in the middle of a tick, after the network has simulated ahead of
  // SystemC time.
  sc_core::sc_time committed;
  g_worker->ask([&] {
    g_chip->driver.load(first_load().transactions);
    test::Random random(9);
    std::vector<std::uint64_t> packets;
    for (int i = 0; i < 400; ++i) {
      packets.push_back(first_load().packet(g_chip->board.description(), random).bits());
    }
    g_chip->driver.send(packets);
    g_chip->driver.commit(1);
    committed = sc_core::sc_time_stamp();
  });
  g_chip->cycles.clear();
  while (committed == sc_core::SC_ZERO_TIME) sc_core::sc_start(100, sc_core::SC_NS);
  sc_core::sc_start(100, sc_core::SC_NS);
  for (const bool high : {true, false}) {
    g_chip->reset.write(high);
    sc_core::sc_start(10, sc_core::SC_NS);
  }
  EXPECT_TRUE(g_chip->cycles.empty());
  // Without enabled cores a tick lasts as long as the barrier.
  g_worker->ask([] {
    g_chip->driver.write_register(
        arch::chip_address(arch::ChipRegion::kControl, arch::chip_control::kTicksCommitted), 1);
  });
  sc_core::sc_start(100, sc_core::SC_NS);
  EXPECT_EQ(g_chip->cycles, std::vector<std::int64_t>{8});

  // A script that throws an exception does not end the simulation.
  EXPECT_TRUE(g_failing->driver.finished());
  EXPECT_THROW(g_failing->driver.rethrow_failure(), std::runtime_error);
}

}  // namespace

int sc_main(int, char*[]) {
  sc_core::sc_clock clock("clock", 3, sc_core::SC_US);
  Chip chip("embedded", [](hw::HostDriver&) { g_chip->run(first_load()); });
  Chip fresh("fresh", [](hw::HostDriver&) {});
  Chip failing("failing", [](hw::HostDriver&) { throw std::runtime_error("no"); });
  Worker worker("worker");
  g_chip = &chip;
  g_fresh = &fresh;
  g_failing = &failing;
  g_worker = &worker;
  return RUN_ALL_TESTS();
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
