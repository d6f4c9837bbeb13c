// SPDX-License-Identifier: Apache-2.0
// Measures flit-hops per second of a 32 x 32 mesh under uniform random traffic. It compares the
// network that the fabric runs with SystemC modules that have one method per router. A hop is a
// passage through a router. The load is in 1/10,000 flits per node and cycle. All three variants
// must deliver the same packets in the same cycles.
#include <algorithm>
#include <cstdint>
#include <ctime>
#include <map>
#include <vector>

#include <benchmark/benchmark.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <systemc>
#include <unistd.h>

#include "spikeloom/hw/network/router_network.h"
#include "testbenches/bench/method_mesh.h"
#include "testbenches/bench/uniform_traffic.h"

namespace {

using spikeloom::arch::ChipDescription;
using spikeloom::arch::Packet;
using spikeloom::bench::MethodMesh;
using spikeloom::bench::Wake;
using spikeloom::hw::Emission;
using spikeloom::hw::SpikeNetwork;
using spikeloom::hw::SpikeSink;

constexpr int kSide = 32;
constexpr int kPackets = 200000;
constexpr int kMaxCycles = 100000;

/// Computes a digest of all deliveries (receiver, packet, cycle) that does not depend on their
/// order.
class DigestSink : public SpikeSink {
 public:
  void deliver_to_core(int core, Packet packet, std::int64_t cycle) override {
    add(static_cast<std::uint64_t>(core), packet, cycle);
  }
  void deliver_to_host(Packet packet, std::int64_t cycle) override {
    add(kSide * kSide, packet, cycle);
  }
  std::uint64_t digest() const { return digest_; }

 private:
  void add(std::uint64_t receiver, Packet packet, std::int64_t cycle) {
    const std::uint64_t where_and_when = receiver << 32 | static_cast<std::uint64_t>(cycle);
    const std::uint64_t mixed = (packet.bits() ^ where_and_when) * 0x9e3779b97f4a7c15U;
    digest_ += mixed ^ mixed >> 32;
  }

  std::uint64_t digest_ = 0;
};

ChipDescription mesh_chip() {
  ChipDescription chip{};
  chip.mesh = {kSide, kSide};
  chip.core.timing.emit_cycles_per_packet = 1;
  chip.router = {4, 1, 1};
  chip.host_port = {6, 0, 0};
  return chip;
}

std::vector<std::vector<Emission>> traffic(std::int64_t load) {
  const double rate = static_cast<double>(load) / 10000.0;
  const auto cycles = static_cast<int>(kPackets / (rate * kSide * kSide));
  return spikeloom::bench::uniform_traffic({kSide, kSide}, rate, std::min(cycles, kMaxCycles));
}

struct Outcome {
  std::uint64_t digest = 0;
  std::uint64_t hops = 0;
  std::int64_t cycles = 0;  ///< cycle of the last event
  double cpu_seconds = 0;

  bool operator==(const Outcome& other) const {
    return digest == other.digest && hops == other.hops;
  }
};

void inject_all(SpikeNetwork& network, const std::vector<std::vector<Emission>>& emissions) {
  for (std::size_t core = 0; core < emissions.size(); ++core) {
    network.inject_from_core(static_cast<int>(core), emissions[core]);
  }
}

void BM_Fabric(benchmark::State& state) {
  const ChipDescription chip = mesh_chip();
  const auto emissions = traffic(state.range(0));
  DigestSink sink;
  const auto network = spikeloom::hw::make_router_network(chip, sink, 1);
  std::int64_t hops = 0;
  for (auto iteration : state) {
    network->begin_tick();
    inject_all(*network, emissions);
    network->run(SpikeNetwork::kForever);
    hops += static_cast<std::int64_t>(network->activity()[0].router_traversals);
  }
  benchmark::DoNotOptimize(sink.digest());
  state.SetItemsProcessed(hops);
}

/// Returns the deliveries of the fabric's network for this traffic.
const Outcome& expected(std::int64_t load, const std::vector<std::vector<Emission>>& emissions) {
  static std::map<std::int64_t, Outcome> known;
  const auto [place, is_new] = known.try_emplace(load);
  if (is_new) {
    const ChipDescription chip = mesh_chip();
    DigestSink sink;
    const auto network = spikeloom::hw::make_router_network(chip, sink, 1);
    network->begin_tick();
    inject_all(*network, emissions);
    network->run(SpikeNetwork::kForever);
    place->second = {sink.digest(), network->activity()[0].router_traversals, network->last_event(),
                     0};
  }
  return place->second;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

Outcome run_methods(Wake wake, const std::vector<std::vector<Emission>>& emissions,
                    std::int64_t cycles) {
  DigestSink sink;
  sc_core::sc_clock clock("clock", MethodMesh::time(1));
  MethodMesh mesh("mesh", mesh_chip(), wake, sink);
  mesh.clock(clock);
  for (std::size_t core = 0; core < emissions.size(); ++core) {
    if (!emissions[core].empty()) mesh.inject_from_core(static_cast<int>(core), emissions[core]);
  }
  sc_core::sc_start(sc_core::SC_ZERO_TIME);  // elaboration
  const double before = cpu_seconds();
  sc_core::sc_start(MethodMesh::time(cycles + 1));
  return {sink.digest(), mesh.traversals(), cycles, cpu_seconds() - before};
}

void run_method_benchmark(benchmark::State& state, Wake wake) {
  const auto emissions = traffic(state.range(0));
  const Outcome& fabric = expected(state.range(0), emissions);
  void* const shared =
      ::mmap(nullptr, sizeof(Outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return state.SkipWithError("no shared memory");
  auto* const outcome = new (shared) Outcome;
  for (auto iteration : state) {
    *outcome = {};
    // SystemC can elaborate only once per process.
    const pid_t child = ::fork();
    if (child == 0) {
      *outcome = run_methods(wake, emissions, fabric.cycles);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (child < 0 || status != 0 || !(*outcome == fabric)) {
      state.SkipWithError("the methods do not deliver what the fabric delivers");
      break;
    }
    state.SetIterationTime(outcome->cpu_seconds);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(fabric.hops));
  ::munmap(shared, sizeof(Outcome));
}

void BM_ClockedMethods(benchmark::State& state) { run_method_benchmark(state, Wake::kClock); }
void BM_WokenMethods(benchmark::State& state) { run_method_benchmark(state, Wake::kArrival); }

void loads(benchmark::internal::Benchmark* benchmark) {
  for (const int load : {1, 10, 100, 500, 1000, 1500, 1800}) benchmark->Arg(load);
  benchmark->Unit(benchmark::kMillisecond);
}

// An item is a hop.
BENCHMARK(BM_Fabric)->Apply(loads);
BENCHMARK(BM_ClockedMethods)->Apply(loads)->UseManualTime();
BENCHMARK(BM_WokenMethods)->Apply(loads)->UseManualTime();

}  // namespace
