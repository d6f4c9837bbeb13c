// SPDX-License-Identifier: Apache-2.0
// Flit-hops a second of a 32 x 32 mesh under uniform random traffic; a hop is a passage through a
// router. The load is in thousandths of a flit a node and cycle.
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "hw/router/arbiter.h"
#include "hw/router/mesh_topology.h"
#include "hw/router/router_network.h"
#include "hw/router/router_network_impl.h"

namespace {

using MeshNetwork =
    spikeloom::hw::RouterNetwork<spikeloom::hw::MeshTopology, spikeloom::hw::RoundRobin>;
using spikeloom::common::ChipDescription;
using spikeloom::common::Packet;
using spikeloom::hw::Emission;
using spikeloom::hw::SpikeNetwork;
using spikeloom::hw::SpikeSink;

constexpr int kSide = 32;
constexpr int kPackets = 200000;

class CountingSink : public SpikeSink {
 public:
  void deliver_to_core(int /*core*/, Packet packet, std::int64_t cycle) override {
    sum_ += packet.bits() ^ static_cast<std::uint64_t>(cycle);
  }
  void deliver_to_host(Packet packet, std::int64_t cycle) override {
    sum_ += packet.bits() ^ static_cast<std::uint64_t>(cycle);
  }
  std::uint64_t sum() const { return sum_; }

 private:
  std::uint64_t sum_ = 0;
};

void BM_FlitHops(benchmark::State& state) {
  ChipDescription chip{};
  chip.mesh = {kSide, kSide};
  chip.core.timing.emit_cycles_per_packet = 1;
  chip.router = {4, 1, 1};
  chip.host_port = {6, 0, 0};
  const double load = static_cast<double>(state.range(0)) / 1000.0;
  const auto cycles = static_cast<int>(kPackets / (load * kSide * kSide));
  std::mt19937 random(1);
  std::uniform_int_distribution<int> place(0, kSide - 1);
  std::vector<std::vector<Emission>> emissions(kSide * kSide);
  for (auto& list : emissions) {
    std::geometric_distribution<int> gap(load);
    for (int cycle = gap(random); cycle < cycles; cycle += 1 + gap(random)) {
      const int x = place(random), y = place(random);
      list.push_back({Packet::to_cores({x, y, x, y}, 0, 0), cycle, 0});
    }
  }
  CountingSink sink;
  MeshNetwork network(chip, sink, 1);
  std::int64_t hops = 0;
  for (auto _ : state) {
    network.begin_tick();
    for (int core = 0; core < kSide * kSide; ++core) {
      network.inject_from_core(core, emissions[static_cast<std::size_t>(core)]);
    }
    network.run(SpikeNetwork::kForever);
    hops += static_cast<std::int64_t>(network.activity()[0].router_traversals);
  }
  benchmark::DoNotOptimize(sink.sum());
  state.SetItemsProcessed(hops);
}

BENCHMARK(BM_FlitHops)->Arg(1)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace
