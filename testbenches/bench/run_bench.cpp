// SPDX-License-Identifier: Apache-2.0
// Measures images per second of the whole program: LeNet on the reference chip with one worker.
#include <benchmark/benchmark.h>

#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/simulation/workers.h"
#include "testbenches/bench/children_cpu.h"

namespace spikeloom::bench {
namespace {

void run_images(benchmark::State& state, hw::Timing timing, std::size_t images) {
  sim::RunRequest request;
  request.run = SPIKELOOM_SOURCE_DIR "/configs/runs/lenet-fashion.yaml";
  const sim::PreparedRun run = sim::prepare_run(request, nullptr);
  const sim::Simulation simulation{run.deployment, run.network, run.data, timing, nullptr, nullptr};
  for (auto iteration : state) {
    const double before = bench::children_cpu_seconds();
    benchmark::DoNotOptimize(sim::run_workers(simulation, 0, images, 1, nullptr));
    state.SetIterationTime(bench::children_cpu_seconds() - before);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(images));
}

void BM_ImagesCycle(benchmark::State& state) { run_images(state, hw::Timing::kCycle, 100); }
void BM_ImagesFunctional(benchmark::State& state) {
  run_images(state, hw::Timing::kFunctional, 1000);
}
BENCHMARK(BM_ImagesCycle)->UseManualTime()->Unit(benchmark::kSecond);
BENCHMARK(BM_ImagesFunctional)->UseManualTime()->Unit(benchmark::kSecond);

}  // namespace
}  // namespace spikeloom::bench

/// Required by the SystemC library; each simulation runs in a process of its own.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

BENCHMARK_MAIN();
