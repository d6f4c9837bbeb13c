// SPDX-License-Identifier: Apache-2.0
// Measures the cost of an idle cycle of a 32 x 32 mesh. It compares the event-driven network with
// 1,024 clocked SystemC methods that only check whether they have work. With one packet every
// 10,000 cycles, about one cycle in a thousand is busy.
#include <cstdint>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>
#include <sys/wait.h>
#include <systemc>
#include <unistd.h>

#include "spikeloom/hw/network/router_network.h"
#include "spikeloom/hw/sync/has_process.h"
#include "testbenches/bench/children_cpu.h"

namespace {

using spikeloom::arch::ChipDescription;
using spikeloom::arch::Packet;

constexpr int kSide = 32;
constexpr int kPeriod = 10000;
constexpr int kPackets = 1000;
constexpr int kClockedCycles = 20000;

struct NoSink : spikeloom::hw::SpikeSink {
  void deliver_to_core(int /*core*/, Packet packet, std::int64_t /*cycle*/) override {
    benchmark::DoNotOptimize(packet);
  }
  void deliver_to_host(Packet packet, std::int64_t /*cycle*/) override {
    benchmark::DoNotOptimize(packet);
  }
};

void BM_IdleMesh(benchmark::State& state) {
  ChipDescription chip{};
  chip.mesh = {kSide, kSide};
  chip.core.timing.emit_cycles_per_packet = 1;
  chip.router = {4, 1, 1};
  chip.host_port = {6, 0, 0};
  NoSink sink;
  const auto network = spikeloom::hw::make_router_network(chip, sink, 1);
  std::vector<spikeloom::hw::Emission> emissions;
  for (int i = 0; i < kPackets; ++i) {
    emissions.push_back({Packet::to_cores({2, 3, 2, 3}, 0, 0), std::int64_t{i} * kPeriod, 0});
  }
  for (auto iteration : state) {
    network->begin_tick();
    network->inject_from_core(0, emissions);
    network->run(spikeloom::hw::SpikeNetwork::kForever);
  }
  state.SetItemsProcessed(state.iterations() * std::int64_t{kPackets} * kPeriod);
}

/// A router that never has work and checks for it at every clock edge.
class ClockedRouter : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock;

  explicit ClockedRouter(const sc_core::sc_module_name& name) : sc_module(name), clock("clock") {
    SPIKELOOM_HAS_PROCESS(ClockedRouter);
    SC_METHOD(step);
    sensitive << clock.pos();
    dont_initialize();
  }

 private:
  void step() {
    if (occupied_ != 0) ++work_;
  }
  volatile unsigned occupied_ = 0;
  unsigned work_ = 0;
};

void BM_ClockedRouters(benchmark::State& state) {
  for (auto iteration : state) {
    const double before = spikeloom::bench::children_cpu_seconds();
    // SystemC can elaborate only once per process.
    const pid_t child = ::fork();
    if (child == 0) {
      sc_core::sc_clock clock("clock", 4, sc_core::SC_NS);
      sc_core::sc_vector<ClockedRouter> routers("router", kSide * kSide);
      for (ClockedRouter& router : routers) router.clock(clock);
      sc_core::sc_start(4.0 * kClockedCycles, sc_core::SC_NS);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (child < 0 || status != 0) state.SkipWithError("the clocked routers did not run");
    state.SetIterationTime(spikeloom::bench::children_cpu_seconds() - before);
  }
  state.SetItemsProcessed(state.iterations() * kClockedCycles);
}

// An item is a cycle.
BENCHMARK(BM_IdleMesh)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_ClockedRouters)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
