// SPDX-License-Identifier: Apache-2.0
// Tests a board whose cores are not CoreModels: they emit packets while the tick is running. The
// cycles follow docs/timing.md: a packet that enters at e and crosses h links arrives at e + (h +
// 1) * 2.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/support/chips.h"

namespace {

using namespace spikeloom;
using arch::Packet;
using hw::Emission;
using testing::ElementsAre;
using testing::Pair;

const std::uint64_t kCommitted =
    arch::chip_address(arch::ChipRegion::kControl, arch::chip_control::kTicksCommitted);

/// A core that sends a given list of packets, each in its cycle and not announced before. It is
/// busy until the cycle after the last one.
class StubCore final : public hw::CoreIf {
 public:
  using Plan = std::vector<std::pair<std::int64_t, Packet>>;  ///< in ascending order of cycles

  Plan plan;                                            ///< packets of the next tick
  std::int64_t early = 0;                               ///< cycles from `ready` to the plan's
  std::vector<std::pair<int, std::int64_t>> announced;  ///< axon and cycle of arrival
  std::vector<std::pair<int, std::int64_t>> received;   ///< axon and cycle
  std::vector<std::int64_t> runs;                       ///< last cycle of each call of run()

  hw::AccessResult access(int, std::uint64_t, std::uint8_t*, std::uint64_t, bool) override {
    return hw::AccessResult::kUnmapped;
  }
  hw::AccessResult check(int, std::uint64_t, std::uint64_t, bool) const override {
    return hw::AccessResult::kUnmapped;
  }
  void reset() override {}
  bool enabled() const override { return true; }
  bool follows_link() const override { return true; }
  void depart(Packet packet, std::int64_t arrival) override {
    announced.emplace_back(packet.axon(), arrival);
  }
  void receive(Packet packet, std::int64_t cycle) override {
    // The cycle is 0 in functional timing.
    if (cycle != 0) {
      EXPECT_GE(cycle, limit_);
    }
    received.emplace_back(packet.axon(), cycle);
  }
  std::int64_t port_cycles(Packet) override { return 0; }

  std::int64_t begin_tick(int parity, std::int64_t length) override {
    for (auto& [cycle, packet] : left_) cycle -= length;
    for (const auto& [cycle, packet] : plan) {
      left_.emplace_back(cycle, packet.with_parity(parity));
    }
    plan.clear();
    limit_ = 0;
    busy_ = left_.empty() ? 0 : left_.back().first + 1;
    emissions_.clear();
    return next();
  }
  std::int64_t run(std::int64_t limit) override {
    limit_ = limit;
    runs.push_back(limit - 1);
    while (!left_.empty() && left_.front().first < limit) {
      emissions_.push_back({left_.front().second, left_.front().first - early, 0});
      left_.erase(left_.begin());
    }
    return next();
  }
  const std::vector<Emission>& emissions() const override { return emissions_; }
  std::int64_t busy_cycles() const override { return busy_; }
  std::int64_t integrate_cycles() const override { return 0; }
  std::uint64_t late_spikes() const override { return 0; }
  const std::string& fault() const override { return fault_; }
  void set_categories(std::vector<std::uint16_t>, std::vector<std::uint16_t>) override {}
  void add_events(std::vector<hw::EventCounts>&, hw::EventCounts&) const override {}
  const std::vector<std::uint64_t>& fired() const override { return fired_; }
  int dendrites() const override { return 0; }

 private:
  std::int64_t next() const {
    if (!left_.empty()) return left_.front().first;
    return limit_ < busy_ ? busy_ - 1 : kDone;
  }

  Plan left_;
  std::int64_t limit_ = 0;
  std::int64_t busy_ = 0;
  std::vector<Emission> emissions_;
  std::vector<std::uint64_t> fired_;
  std::string fault_;
};

struct Bench {
  Bench(const std::string& name, const arch::ChipDescription& description, hw::Timing timing)
      : chip(("chip_" + name).c_str(), description, timing, 1, {}, parts()),
        host(("host_" + name).c_str(), chip) {
    chip.on_tick_done([this](const hw::TickReport& report) {
      cycles.push_back(report.cycles);
      last_output = chip.fabric().last_output();
    });
  }

  hw::BoardParts parts() {
    hw::BoardParts result;
    result.core = [this](const arch::ChipDescription&, int) {
      auto core = std::make_unique<StubCore>();
      cores.push_back(core.get());
      return core;
    };
    return result;
  }

  /// Runs a tick and wakes every `step_ns`, which limits how far the fabric can run ahead.
  void run_tick(int step_ns) {
    for (StubCore* core : cores) {
      core->announced.clear();
      core->received.clear();
      core->runs.clear();
    }
    const std::size_t done = cycles.size();
    ASSERT_EQ(host.write(kCommitted, {done + 1}), tlm::TLM_OK_RESPONSE);
    for (int i = 0; i < 2000 && cycles.size() == done; ++i) {
      sc_core::wait(step_ns, sc_core::SC_NS);
    }
    ASSERT_EQ(cycles.size(), done + 1);
  }

  std::vector<StubCore*> cores;  ///< by number; the board has one chip
  hw::Board chip;
  test::Host host;
  std::vector<std::int64_t> cycles;
  std::int64_t last_output = 0;
};

arch::ChipDescription description(std::int64_t tick_cycles) {
  arch::ChipDescription chip = test::small_chip();
  chip.clock_hz = 100e6;  // 10 ns
  chip.sync.tick_cycles = static_cast<int>(tick_cycles);
  chip.sync.late_spikes = arch::LateSpikes::kNextTick;
  return chip;
}

Packet to_core_1(int axon) { return Packet::to_cores({1, 0, 1, 0}, 0, axon); }

Bench* g_barrier = nullptr;
Bench* g_fixed = nullptr;
Bench* g_functional = nullptr;
Bench* g_late = nullptr;

TEST(CoreIf, PacketsComeWhileTheTickRuns) {
  Bench& bench = *g_barrier;
  for (const int step_ns : {100000, 10, 7, 33}) {
    SCOPED_TRACE(step_ns);
    bench.cores[0]->plan = {{3, to_core_1(0)},
                            {3, to_core_1(1)},
                            {10, to_core_1(2)},
                            {25, Packet::to_host(7)},
                            {25, to_core_1(3)}};
    bench.run_tick(step_ns);
    // One packet enters per cycle: at 3, 4, 10, 25 and 26.
    EXPECT_THAT(bench.cores[1]->received,
                ElementsAre(Pair(0, 7), Pair(1, 8), Pair(2, 14), Pair(3, 30)));
    EXPECT_EQ(bench.cores[1]->announced, bench.cores[1]->received);
    EXPECT_THAT(bench.cores[0]->runs, ElementsAre(3, 10, 25));
    EXPECT_EQ(bench.last_output, 27);
    EXPECT_EQ(bench.cycles.back(), 30 + 8);
    EXPECT_EQ(bench.host.take_outputs().size(), 1U);
    EXPECT_EQ(bench.chip.fault(), "");
  }
}

TEST(CoreIf, ATickLastsAsLongAsItsCores) {
  Bench& bench = *g_barrier;
  bench.cores[0]->plan = {{5, to_core_1(0)}, {6, to_core_1(1)}};
  bench.cores[2]->plan = {{5, to_core_1(2)}, {90, Packet::to_host(1)}};
  bench.run_tick(100000);
  // The first packet of core 2 comes from the east and also crosses one link, so one of the two
  // arrives a cycle later.
  ASSERT_EQ(bench.cores[1]->received.size(), 3U);
  EXPECT_EQ(bench.cores[1]->received.back().second, 11);
  // From (2, 0): two links, then the host.
  EXPECT_EQ(bench.last_output, 90 + 3 * 2);
  EXPECT_EQ(bench.cycles.back(), 96 + 8);
  EXPECT_EQ(bench.host.take_outputs().size(), 1U);
}

TEST(CoreIf, WorkGoesOnInTheNextTickOfFixedLength) {
  Bench& bench = *g_fixed;
  bench.cores[0]->plan = {{3, to_core_1(0)}, {18, to_core_1(1)}, {25, to_core_1(2)}};
  bench.run_tick(100000);
  EXPECT_THAT(bench.cores[1]->received, ElementsAre(Pair(0, 7)));
  EXPECT_EQ(bench.cores[1]->announced, bench.cores[1]->received);
  EXPECT_THAT(bench.cores[0]->runs, ElementsAre(3, 18));
  ASSERT_EQ(bench.chip.late().receivers.size(), 1U);
  EXPECT_TRUE(bench.chip.late().receivers[0].unfinished);
  bench.cores[0]->plan = {{12, to_core_1(3)}};
  bench.run_tick(100000);
  // The packet under way at 20 arrives at 22; the next is ready at 25; the last belongs to the new
  // tick.
  EXPECT_THAT(bench.cores[1]->received, ElementsAre(Pair(1, 2), Pair(2, 9), Pair(3, 16)));
  EXPECT_EQ(bench.cores[1]->announced, bench.cores[1]->received);
  EXPECT_THAT(bench.cores[0]->runs, ElementsAre(5, 12));
  EXPECT_THAT(bench.cycles, ElementsAre(20, 20));
  EXPECT_EQ(bench.chip.fault(), "");
}

TEST(CoreIf, FunctionalTimingBringsThemAll) {
  Bench& bench = *g_functional;
  bench.cores[0]->plan = {{3, to_core_1(0)}, {10, Packet::to_host(7)}, {10, to_core_1(1)}};
  for (StubCore* core : bench.cores) core->received.clear();
  ASSERT_EQ(bench.host.write(kCommitted, {1}), tlm::TLM_OK_RESPONSE);
  sc_core::wait(1, sc_core::SC_US);
  ASSERT_EQ(bench.cycles.size(), 1U);
  ASSERT_EQ(bench.cores[1]->received.size(), 2U);
  EXPECT_THAT(bench.cores[1]->announced, testing::IsEmpty());
  EXPECT_EQ(bench.cores[1]->received[0].first, 0);
  EXPECT_EQ(bench.cores[1]->received[1].first, 1);
  EXPECT_EQ(bench.host.take_outputs().size(), 1U);
}

TEST(CoreIf, APacketHandedOutTooLateIsAFault) {
  Bench& bench = *g_late;
  sc_core::sc_report_handler::set_actions(hw::report_id::kNetwork, sc_core::SC_WARNING,
                                          sc_core::SC_DO_NOTHING);
  bench.cores[0]->plan = {{3, to_core_1(0)}, {10, to_core_1(1)}};
  bench.cores[0]->early = 1;
  ASSERT_EQ(bench.host.write(kCommitted, {1}), tlm::TLM_OK_RESPONSE);
  sc_core::wait(1, sc_core::SC_US);
  EXPECT_EQ(bench.chip.fault(),
            "chip0.core_0_0 handed out a packet in cycle 3 that was ready in cycle 2");
  EXPECT_EQ(sc_core::sc_report_handler::get_count(hw::report_id::kNetwork), 1);
  // After a reset the board runs again.
  ASSERT_EQ(bench.host.write(
                arch::chip_address(arch::ChipRegion::kControl, arch::chip_control::kReset), {1}),
            tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.chip.fault(), "");
}

}  // namespace

int sc_main(int, char*[]) {
  Bench barrier("barrier", description(0), hw::Timing::kCycle);
  Bench fixed("fixed", description(20), hw::Timing::kCycle);
  Bench functional("functional", description(0), hw::Timing::kFunctional);
  Bench late("late", description(0), hw::Timing::kCycle);
  test::TestThread tests("tests");
  g_late = &late;
  g_barrier = &barrier;
  g_fixed = &fixed;
  g_functional = &functional;
  sc_core::sc_start();
  return tests.result();
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
