// SPDX-License-Identifier: Apache-2.0
// Images a second of the whole program: LeNet on the reference chip, one worker.
#include <benchmark/benchmark.h>

#include "testbenches/bench/children_cpu.h"
#include "testbenches/spikeloom/run/prepared_run.h"
#include "testbenches/spikeloom/simulation/workers.h"

namespace spikeloom::program {
namespace {

void run_images(benchmark::State& state, hw::Timing timing, std::size_t images) {
  const PreparedRun run =
      prepare_run(SPIKELOOM_SOURCE_DIR "/configs/runs/lenet-fashion.yaml", {}, true);
  const Simulation simulation{run.deployment, run.network, run.data, timing, nullptr, nullptr};
  for (auto iteration : state) {
    const double before = bench::children_cpu_seconds();
    benchmark::DoNotOptimize(run_workers(simulation, 0, images, 1, true));
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
}  // namespace spikeloom::program

/// SystemC's library wants it; every simulation is a process of its own.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

BENCHMARK_MAIN();
