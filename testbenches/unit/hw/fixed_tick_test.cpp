// SPDX-License-Identifier: Apache-2.0
// Tests ticks of fixed length: which spikes and cores are late, and the consequences. The cycles
// are derived by hand in docs/timing.md, "Ticks of fixed length".
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/topology/mesh_topology.h"
#include "spikeloom/hw/network/arbiter.h"
#include "spikeloom/hw/network/router_network.h"
#include "spikeloom/hw/network/router_network_impl.h"
#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/hw/timing_example.h"
#include "testbenches/unit/support/chips.h"

namespace {

using MeshNetwork =
    spikeloom::hw::RouterNetwork<spikeloom::arch::MeshTopology, spikeloom::hw::RoundRobin>;

using namespace spikeloom;
using arch::ChipRegion;
using arch::LateSpikes;
using arch::Packet;
using hw::Emission;
using hw::LateReport;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// (tick, core, late spikes, unfinished)
using Late = std::tuple<std::uint64_t, int, std::uint64_t, bool>;

/// A chip with the network of docs/timing.md, "A whole tick".
struct Bench {
  Bench(const std::string& name, int tick_cycles, LateSpikes late_spikes, int link_cycles)
      : chip(("chip_" + name).c_str(), description(tick_cycles, late_spikes, link_cycles),
             hw::Timing::kCycle, 1),
        host(("host_" + name).c_str(), chip) {
    chip.on_tick_done([this](const hw::TickReport& report) {
      cycles.push_back(report.cycles);
      for (const LateReport::Receiver& r : chip.late().receivers) {
        late.emplace_back(report.number, r.core, r.spikes, r.unfinished);
      }
    });
  }

  static arch::ChipDescription description(int tick_cycles, LateSpikes late_spikes,
                                           int link_cycles) {
    arch::ChipDescription chip = test::small_chip();
    chip.sync.tick_cycles = tick_cycles;
    chip.sync.late_spikes = late_spikes;
    chip.router.link_cycles = link_cycles;
    return chip;
  }

  /// Sends both inputs and runs `ticks` ticks; returns the outputs of each tick that ended without
  /// error.
  std::vector<std::vector<int>> run(std::uint64_t ticks) {
    test::load_timing_example(host, chip.description().core);
    EXPECT_EQ(
        host.send({Packet::to_cores({0, 0, 0, 0}, 0, 0), Packet::to_cores({0, 0, 0, 0}, 0, 1)}),
        tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(
        host.write(arch::chip_address(ChipRegion::kControl, arch::chip_control::kTicksCommitted),
                   {ticks}),
        tlm::TLM_OK_RESPONSE);
    sc_core::wait(1, sc_core::SC_MS);
    std::vector<std::vector<int>> outputs;
    const std::uint64_t done =
        host.read(arch::chip_address(ChipRegion::kStatus, arch::chip_status::kTicksDone));
    for (std::uint64_t tick = 0; tick < done; ++tick) {
      outputs.emplace_back();
      for (const Packet packet : host.take_outputs()) outputs.back().push_back(packet.output());
    }
    return outputs;
  }

  hw::Board chip;
  test::Host host;
  std::vector<std::int64_t> cycles;
  std::vector<Late> late;
};

std::map<std::string, std::unique_ptr<Bench>> benches;

void make(const std::string& name, int tick_cycles, LateSpikes late_spikes, int link_cycles = 1) {
  benches[name] = std::make_unique<Bench>(name, tick_cycles, late_spikes, link_cycles);
}

TEST(FixedTick, TheNeededLengthHasNoLateSpikes) {
  Bench& bench = *benches["fail21"];
  EXPECT_THAT(bench.run(4), ElementsAre(IsEmpty(), IsEmpty(), ElementsAre(10, 11, 20), IsEmpty()));
  EXPECT_THAT(bench.cycles, ElementsAre(21, 21, 21, 21));
  EXPECT_THAT(bench.late, IsEmpty());
  EXPECT_EQ(bench.chip.fault(), "");
}

TEST(FixedTick, OneCycleLessFails) {
  Bench& bench = *benches["fail20"];
  bench.run(4);
  EXPECT_EQ(bench.chip.fault(),
            "tick 2 (20 cycles): packets left in the network: 1, one of them for the host "
            "(sync.late_spikes: fail)");
  EXPECT_EQ(bench.cycles.size(), 3U);
}

TEST(FixedTick, OneCycleLessDropsTheLastOutput) {
  Bench& bench = *benches["drop20"];
  EXPECT_THAT(bench.run(4), ElementsAre(IsEmpty(), IsEmpty(), ElementsAre(10, 11), IsEmpty()));
  EXPECT_THAT(bench.late, ElementsAre(Late{3, LateReport::kHost, 1, false}));
  EXPECT_EQ(bench.chip.fault(), "");
}

TEST(FixedTick, OneCycleLessDelaysTheLastOutput) {
  Bench& bench = *benches["next20"];
  EXPECT_THAT(bench.run(4),
              ElementsAre(IsEmpty(), IsEmpty(), ElementsAre(10, 11), ElementsAre(20)));
  EXPECT_THAT(bench.late, ElementsAre(Late{3, LateReport::kHost, 1, false}));
}

TEST(FixedTick, ALateSpikeIsDroppedWhereItArrives) {
  Bench& bench = *benches["drop12"];
  EXPECT_THAT(bench.run(5),
              ElementsAre(IsEmpty(), IsEmpty(), ElementsAre(10), IsEmpty(), IsEmpty()));
  EXPECT_THAT(bench.late, ElementsAre(Late{2, 2, 1, false}, Late{3, LateReport::kHost, 1, false}));
}

TEST(FixedTick, ALateSpikeCountsInTheNextTick) {
  Bench& bench = *benches["next12"];
  EXPECT_THAT(bench.run(5),
              ElementsAre(IsEmpty(), IsEmpty(), ElementsAre(10), ElementsAre(11, 20), IsEmpty()));
  EXPECT_THAT(bench.late, ElementsAre(Late{2, 2, 1, false}, Late{3, LateReport::kHost, 1, false}));
  EXPECT_EQ(bench.chip.fault(), "");
}

TEST(FixedTick, ACoreThatHasNotFinishedFails) {
  Bench& bench = *benches["fail4"];
  bench.run(2);
  EXPECT_EQ(bench.chip.fault(),
            "tick 0 (4 cycles): chip0.core_0_0 has not finished; it needs 5 cycles "
            "(sync.late_spikes: fail)");
}

TEST(FixedTick, ALateCoreBeginsTheNextTickLate) {
  // Without spikes core 0 needs 1 + 2 * 2 = 5 cycles in a tick of 4, so it falls behind by one
  // cycle per tick. In tick 4 its scan begins when the tick is already over.
  Bench& bench = *benches["drop4"];
  test::load_timing_example(bench.host, bench.chip.description().core);
  EXPECT_EQ(
      bench.host.write(
          arch::chip_address(ChipRegion::kControl, arch::chip_control::kTicksCommitted), {10}),
      tlm::TLM_OK_RESPONSE);
  sc_core::wait(1, sc_core::SC_MS);
  EXPECT_EQ(bench.chip.fault(),
            "tick 4 (4 cycles): chip0.core_0_0 integrates until cycle 5 of the tick, so both its "
            "axon buffers are in use");
  EXPECT_EQ(std::count_if(bench.late.begin(), bench.late.end(),
                          [](const Late& late) { return std::get<1>(late) == 0; }),
            5);
}

TEST(FixedTick, TwoTicksLateIsMoreThanAParityTells) {
  // link_cycles is 5. The packet of tick 1 enters at 5 and leaves the three routers at 6, 12 and
  // 18, the last one in tick 3.
  Bench& bench = *benches["next9"];
  test::load_timing_example(bench.host, bench.chip.description().core);
  EXPECT_EQ(bench.host.send({Packet::to_cores({0, 0, 0, 0}, 0, 0)}), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.host.write(
                arch::chip_address(ChipRegion::kControl, arch::chip_control::kTicksCommitted), {6}),
            tlm::TLM_OK_RESPONSE);
  sc_core::wait(1, sc_core::SC_MS);
  EXPECT_EQ(
      bench.chip.fault(),
      "tick 2 (9 cycles): packets left in the network since the previous tick: 1, one of them for "
      "chip0.core_1_0");
  EXPECT_THAT(bench.late, ElementsAre(Late{2, 1, 1, false}));
}

TEST(FixedTick, AHostThatIsBusyDuringTheTickChangesNothing) {
  // link_cycles is 10. The packets of the host enter at 0, 6 and 12 and leave the router at 1, 11
  // and 21. The second reaches the core at 21, in tick 1 although it left in tick 0, and the third
  // at 31.
  const auto cycle = [](double count) { return sc_core::sc_time(count / 252e6, sc_core::SC_SEC); };
  for (const char* name : {"next16", "busy16"}) {
    Bench& bench = *benches[name];
    test::load_timing_example(bench.host, bench.chip.description().core);
    std::vector<Packet> inputs;
    for (int axon = 0; axon < 3; ++axon) inputs.push_back(Packet::to_cores({0, 0, 0, 0}, 0, axon));
    EXPECT_EQ(bench.host.send(inputs), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(
        bench.host.write(
            arch::chip_address(ChipRegion::kControl, arch::chip_control::kTicksCommitted), {2}),
        tlm::TLM_OK_RESPONSE);
    const int steps = name == std::string("busy16") ? 57 : 1;
    for (int i = 0; i < steps; ++i) sc_core::wait(cycle(40.0 / steps));
    EXPECT_THAT(bench.cycles, ElementsAre(16, 16));
    EXPECT_THAT(bench.late, ElementsAre(Late{1, 0, 2, false})) << name;
    EXPECT_EQ(bench.chip.fault(), "");
  }
}

// ---- The mesh continues across the ends of ticks.

class Deliveries : public hw::SpikeSink {
 public:
  void deliver_to_core(int core, Packet packet, std::int64_t cycle) override {
    all.emplace_back(start + cycle, core, packet.with_parity(0).bits());
  }
  void deliver_to_host(Packet packet, std::int64_t cycle) override {
    all.emplace_back(start + cycle, -1, packet.with_parity(0).bits());
  }
  std::int64_t start = 0;
  std::vector<std::tuple<std::int64_t, int, std::uint64_t>> all;
};

TEST(FixedTick, TheMeshGoesOnAsIfNoTickHadEnded) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto between = [&](int minimum, int maximum) {
      return std::uniform_int_distribution<int>(minimum, maximum)(random);
    };
    arch::ChipDescription chip = test::small_chip();
    chip.mesh = {4, 3};
    chip.router = {between(1, 4), between(1, 3), between(1, 4)};
    const auto region = [&] {
      const int x0 = between(0, 3), y0 = between(0, 2);
      return arch::Region{x0, y0, between(x0, 3), between(y0, 2)};
    };
    std::vector<std::vector<Emission>> emissions(13);
    for (std::vector<Emission>& source : emissions) {
      std::int64_t ready = 0;
      for (int i = between(0, 12); i > 0; --i) {
        ready += between(0, 5);
        const bool to_host = &source != &emissions.back() && between(0, 4) == 0;
        source.push_back(
            {to_host ? Packet::to_host(i) : Packet::to_cores(region(), 0, i), ready, 0});
      }
    }
    const auto inject = [&](MeshNetwork& mesh) {
      for (int core = 0; core < 12; ++core) {
        mesh.inject_from_core(core, emissions[static_cast<std::size_t>(core)]);
      }
      mesh.inject_from_host(emissions.back());
    };
    Deliveries whole;
    MeshNetwork uncut(chip, whole, 1);
    uncut.begin_tick();
    inject(uncut);
    uncut.run(hw::SpikeNetwork::kForever);
    Deliveries parts;
    MeshNetwork cut(chip, parts, 1);
    cut.begin_tick();
    inject(cut);
    const std::vector<Emission> none;
    for (std::int64_t length = between(1, 20); cut.run(length) != hw::SpikeNetwork::kForever;
         length = between(1, 20)) {
      cut.end_tick(length, false);
      EXPECT_GT(cut.waiting(0).packets, 0U);
      EXPECT_EQ(cut.waiting(1).packets, 0U);
      parts.start += length;
      for (auto& source : emissions) source.clear();  // the network must not read them any more
      cut.begin_tick();
      inject(cut);
    }
    cut.end_tick(1, false);
    EXPECT_EQ(cut.waiting(0).packets, 0U);
    std::sort(whole.all.begin(), whole.all.end());
    std::sort(parts.all.begin(), parts.all.end());
    EXPECT_EQ(whole.all, parts.all);
  }
}

// A packet that has left its last router and has not arrived is late like any other, so nothing is
// reset: it leaves at 1 and occupies the output until 11, cycle 6 of the next tick.
TEST(FixedTick, APacketOnTheLastLinkIsLate) {
  arch::ChipDescription chip = test::small_chip();
  chip.router = {4, 1, 10};
  Deliveries deliveries;
  MeshNetwork mesh(chip, deliveries, 1);
  const std::vector<Emission> packet = {{Packet::to_cores({0, 0, 0, 0}, 0, 0), 0, 0}};
  mesh.begin_tick();
  mesh.inject_from_core(0, packet);
  mesh.run(5);
  mesh.end_tick(5, false);
  EXPECT_EQ(mesh.waiting(0).packets, 0U);
  deliveries.start = 5;
  mesh.begin_tick();
  mesh.inject_from_core(0, packet);
  mesh.run(hw::SpikeNetwork::kForever);
  ASSERT_EQ(deliveries.all.size(), 2U);
  EXPECT_EQ(std::get<0>(deliveries.all[0]), 11);
  EXPECT_EQ(std::get<0>(deliveries.all[1]), 21);
}

// A core that has not finished may send packets yet, so nothing is reset either: the host's second
// packet enters 6 cycles after the first one, in cycle 1 of the next tick.
TEST(FixedTick, WhileACoreIsLateNothingIsReset) {
  const arch::ChipDescription chip = test::small_chip();
  for (const bool cores_late : {false, true}) {
    Deliveries deliveries;
    MeshNetwork mesh(chip, deliveries, 1);
    const std::vector<Emission> packet = {{Packet::to_cores({0, 0, 0, 0}, 0, 0), 0, 0}};
    mesh.begin_tick();
    mesh.inject_from_host(packet);
    mesh.run(5);
    mesh.end_tick(5, cores_late);
    deliveries.start = 5;
    mesh.begin_tick();
    mesh.inject_from_host(packet);
    mesh.run(hw::SpikeNetwork::kForever);
    ASSERT_EQ(deliveries.all.size(), 2U);
    EXPECT_EQ(std::get<0>(deliveries.all[0]), 2);
    EXPECT_EQ(std::get<0>(deliveries.all[1]), cores_late ? 8 : 7);
  }
}

}  // namespace

int sc_main(int, char*[]) {
  hw::silence_fault_reports();
  make("fail21", 21, LateSpikes::kFail);
  make("fail20", 20, LateSpikes::kFail);
  make("drop20", 20, LateSpikes::kDrop);
  make("next20", 20, LateSpikes::kNextTick);
  make("drop12", 12, LateSpikes::kDrop);
  make("next12", 12, LateSpikes::kNextTick);
  make("fail4", 4, LateSpikes::kFail);
  make("drop4", 4, LateSpikes::kDrop);
  make("next9", 9, LateSpikes::kNextTick, 5);
  make("next16", 16, LateSpikes::kNextTick, 10);
  make("busy16", 16, LateSpikes::kNextTick, 10);
  test::TestThread tests("tests");
  sc_core::sc_start();
  const int result = tests.result();
  benches.clear();
  return result;
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
