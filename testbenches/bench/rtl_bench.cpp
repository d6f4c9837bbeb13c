// SPDX-License-Identifier: Apache-2.0
// Measures simulated cycles per second of the same core and the same network as a model and in RTL:
// the core of the reference chip with 512 neurons, and a 4 x 4 mesh of its routers. The load of the
// core is the axons set in a tick, that of the mesh flits per node and 10,000 cycles.
// `cycles_of_a_tick` is the same for all variants.
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/cosim/rtl_core.h"
#include "spikeloom/cosim/rtl_network.h"
#include "spikeloom/cosim/rtl_router.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/network/router_network.h"
#include "testbenches/bench/uniform_traffic.h"
#include "testbenches/unit/hw/core_program.h"

namespace {

using spikeloom::arch::ChipDescription;
using spikeloom::arch::Packet;
using spikeloom::cosim::VerilatedLibrary;
using spikeloom::hw::CoreIf;
using spikeloom::hw::Emission;
using spikeloom::hw::SpikeNetwork;

constexpr int kSide = 4;
constexpr int kMeshCycles = 20000;

ChipDescription reference() {
  return spikeloom::arch::load_chip(std::string(SPIKELOOM_SOURCE_DIR) +
                                    "/configs/chips/reference.yaml");
}

/// Loads 512 neurons of one dendrite each, with every fourth synapse of all rows, that never fire.
void load(CoreIf& core, const ChipDescription& chip) {
  spikeloom::test::CoreProgram program;
  program.groups = {{0, chip.core.dendrites, chip.core.axons}};
  for (int j = 0; j < chip.core.dendrites; ++j) {
    program.neurons.push_back({j, 1, j, 1, 0, 0});
    program.gather.push_back(static_cast<std::uint16_t>(j));
    program.thresholds.push_back(spikeloom::arch::kNeverFires);
  }
  for (int axon = 0; axon < chip.core.axons; ++axon) {
    for (int d = axon % 4; d < chip.core.dendrites; d += 4) {
      program.weights.push_back({axon, d, d % 8 < 4 ? 1 : -1});
    }
  }
  for (auto& write : program.writes(chip.core)) {
    core.access(static_cast<int>(write.region), write.offset, write.data.data(), write.data.size(),
                true);
  }
}

/// Runs a tick in which `axons` packets arrive. Returns its cycles.
std::int64_t run_tick(CoreIf& core, const ChipDescription& chip, int parity, int axons) {
  std::int64_t next = core.begin_tick(parity, 0);
  int sent = 0;
  const auto send = [&](std::int64_t cycle) {
    const Packet packet =
        Packet::to_cores({0, 0, 0, 0}, 0, sent * chip.core.axons / axons).with_parity(parity);
    core.depart(packet, cycle + chip.router.packet_link_cycles());
    core.receive(packet, cycle + chip.router.packet_link_cycles());
    ++sent;
  };
  std::int64_t cycle = 0;
  for (; next != CoreIf::kDone; ++cycle) {
    next = core.run(cycle + 1);
    if (sent < axons) send(cycle);
  }
  for (; sent < axons; ++cycle) send(cycle);
  return core.busy_cycles();
}

void run_core(benchmark::State& state, CoreIf& core, const ChipDescription& chip) {
  const auto axons = static_cast<int>(state.range(0));
  load(core, chip);
  run_tick(core, chip, 1, axons);  // its packets are read in the next one
  std::int64_t cycles = 0;
  int parity = 0;
  for (auto iteration : state) {
    cycles += run_tick(core, chip, parity, axons);
    parity = 1 - parity;
  }
  if (!core.fault().empty()) state.SkipWithError(core.fault().c_str());
  state.SetItemsProcessed(cycles);
  state.counters["cycles_of_a_tick"] =
      static_cast<double>(cycles) / static_cast<double>(state.iterations());
}

void BM_CoreModel(benchmark::State& state) {
  const ChipDescription chip = reference();
  spikeloom::hw::CoreModel core(chip, 0);
  run_core(state, core, chip);
}

/// Ends the benchmark if RTL cannot be simulated here.
bool skipped(benchmark::State& state) {
  const std::string reason = VerilatedLibrary::missing();
  if (!reason.empty()) state.SkipWithError(reason.c_str());
  return !reason.empty();
}

void BM_CoreInRtl(benchmark::State& state) {
  if (skipped(state)) return;
  const ChipDescription chip = reference();
  spikeloom::cosim::RtlCore core(chip, 0,
                                 VerilatedLibrary::load(spikeloom::cosim::rtl_core_source(chip)));
  run_core(state, core, chip);
}

struct NoSink : spikeloom::hw::SpikeSink {
  void deliver_to_core(int /*core*/, Packet packet, std::int64_t /*cycle*/) override {
    benchmark::DoNotOptimize(packet);
  }
  void deliver_to_host(Packet packet, std::int64_t /*cycle*/) override {
    benchmark::DoNotOptimize(packet);
  }
};

ChipDescription mesh_chip() {
  ChipDescription chip = reference();
  chip.mesh = {kSide, kSide};
  return chip;
}

void run_mesh(benchmark::State& state, const spikeloom::hw::NetworkFactory& make) {
  const ChipDescription chip = mesh_chip();
  const auto emissions = spikeloom::bench::uniform_traffic(
      chip.mesh, static_cast<double>(state.range(0)) / 10000.0, kMeshCycles);
  NoSink sink;
  const auto network = make(chip, sink, 1, nullptr);
  std::int64_t cycles = 0;
  for (auto iteration : state) {
    network->begin_tick();
    for (std::size_t core = 0; core < emissions.size(); ++core) {
      network->inject_from_core(static_cast<int>(core), emissions[core]);
    }
    network->run(SpikeNetwork::kForever);
    cycles += network->last_event();
  }
  state.SetItemsProcessed(cycles);
  state.counters["cycles_of_a_tick"] =
      static_cast<double>(cycles) / static_cast<double>(state.iterations());
}

void BM_MeshModel(benchmark::State& state) { run_mesh(state, spikeloom::hw::make_router_network); }

void BM_MeshInRtl(benchmark::State& state) {
  if (skipped(state)) return;
  run_mesh(state, spikeloom::cosim::rtl_network(
                      VerilatedLibrary::load(spikeloom::cosim::rtl_network_source(mesh_chip()))));
}

void BM_MeshOfRoutersInRtl(benchmark::State& state) {
  if (skipped(state)) return;
  std::set<std::uint32_t> all;
  for (std::uint32_t i = 0; i < kSide * kSide; ++i) all.insert(i);
  run_mesh(state,
           spikeloom::cosim::mixed_network(
               all, VerilatedLibrary::load(spikeloom::cosim::rtl_router_source(mesh_chip()))));
}

// An item is a cycle.
BENCHMARK(BM_CoreModel)->Arg(16)->Arg(100)->Arg(400);
BENCHMARK(BM_CoreInRtl)->Arg(16)->Arg(100)->Arg(400);
BENCHMARK(BM_MeshModel)->Arg(100)->Arg(1000);
BENCHMARK(BM_MeshInRtl)->Arg(100)->Arg(1000);
BENCHMARK(BM_MeshOfRoutersInRtl)->Arg(100)->Arg(1000);

}  // namespace
