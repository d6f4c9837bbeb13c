// SPDX-License-Identifier: Apache-2.0
// Tests that the method-based meshes, with which the benchmarks compare the fabric, behave like it.
#include "testbenches/bench/method_mesh.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <systemc>

#include "spikeloom/hw/network/router_network.h"
#include "testbenches/bench/uniform_traffic.h"
#include "testbenches/unit/support/chips.h"

namespace {

using spikeloom::arch::ChipDescription;
using spikeloom::arch::Packet;
using spikeloom::bench::MethodMesh;
using spikeloom::bench::Wake;
using spikeloom::hw::SpikeNetwork;

class Recorder : public spikeloom::hw::SpikeSink {
 public:
  using Delivery = std::tuple<std::int64_t, int, std::uint64_t>;  // cycle, core, packet

  void deliver_to_core(int core, Packet packet, std::int64_t cycle) override {
    deliveries_.emplace_back(cycle, core, packet.bits());
  }
  void deliver_to_host(Packet packet, std::int64_t /*cycle*/) override {
    ADD_FAILURE() << packet.bits();
  }
  std::vector<Delivery> sorted() const {
    std::vector<Delivery> result = deliveries_;
    std::sort(result.begin(), result.end());
    return result;
  }

 private:
  std::vector<Delivery> deliveries_;
};

constexpr int kCycles = 400;

struct Case {
  Case(std::size_t number, int columns, int rows, const spikeloom::arch::RouterDescription& router,
       int emit_cycles, double load)
      : chip(spikeloom::test::small_chip()) {
    chip.mesh = {columns, rows};
    chip.router = router;
    chip.core.timing.emit_cycles_per_packet = emit_cycles;
    emissions = spikeloom::bench::uniform_traffic(chip.mesh, load, kCycles);
    const std::string suffix = std::to_string(number);
    clocked =
        std::make_unique<MethodMesh>(("clocked" + suffix).c_str(), chip, Wake::kClock, by_clock);
    woken =
        std::make_unique<MethodMesh>(("woken" + suffix).c_str(), chip, Wake::kArrival, by_arrival);
    for (MethodMesh* mesh : {clocked.get(), woken.get()}) {
      for (int core = 0; core < chip.mesh.cores(); ++core) {
        const auto& list = emissions[static_cast<std::size_t>(core)];
        if (!list.empty()) mesh->inject_from_core(core, list);
      }
    }
  }

  ChipDescription chip;
  std::vector<std::vector<spikeloom::hw::Emission>> emissions;
  Recorder by_clock, by_arrival;
  std::unique_ptr<MethodMesh> clocked, woken;
};

TEST(MethodMesh, DeliversInTheCyclesOfTheFabric) {
  // All cases run together, because SystemC can elaborate only once per process.
  std::vector<std::unique_ptr<Case>> cases;
  const auto add = [&](int columns, int rows, int depth, int pipeline, int link, int emit,
                       double load, int credit = 0) {
    spikeloom::arch::RouterDescription router{depth, pipeline, link};
    router.credit_cycles = credit;
    cases.push_back(std::make_unique<Case>(cases.size(), columns, rows, router, emit, load));
  };
  for (const double load : {0.001, 0.02, 0.2, 0.6}) {
    add(8, 8, 4, 1, 1, 1, load);
    add(5, 7, 1, 1, 1, 1, load);
    add(6, 3, 2, 3, 2, 2, load);
    add(7, 4, 1, 1, 1, 1, load, 1);
    add(6, 6, 3, 1, 1, 1, load, 4);
  }
  sc_core::sc_clock clock("clock", MethodMesh::time(1));
  for (const auto& c : cases) {
    c->clocked->clock(clock);
    c->woken->clock(clock);
  }
  std::vector<Recorder> fabric(cases.size());
  std::vector<std::uint64_t> traversals;
  std::int64_t end = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto network = spikeloom::hw::make_router_network(cases[i]->chip, fabric[i], 1);
    network->begin_tick();
    for (int core = 0; core < cases[i]->chip.mesh.cores(); ++core) {
      network->inject_from_core(core, cases[i]->emissions[static_cast<std::size_t>(core)]);
    }
    ASSERT_EQ(network->run(SpikeNetwork::kForever), SpikeNetwork::kForever);
    end = std::max(end, network->last_event());
    traversals.push_back(network->activity()[0].router_traversals);
  }
  sc_core::sc_start(MethodMesh::time(end + 1));
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(testing::Message() << "case " << i);
    ASSERT_FALSE(fabric[i].sorted().empty());
    EXPECT_EQ(cases[i]->by_clock.sorted(), fabric[i].sorted());
    EXPECT_EQ(cases[i]->by_arrival.sorted(), fabric[i].sorted());
    EXPECT_EQ(cases[i]->clocked->traversals(), traversals[i]);
    EXPECT_EQ(cases[i]->woken->traversals(), traversals[i]);
  }
}

}  // namespace

int sc_main(int /*argc*/, char** /*argv*/) { return 0; }
