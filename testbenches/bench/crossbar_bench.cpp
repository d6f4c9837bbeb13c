// SPDX-License-Identifier: Apache-2.0
// Measures row events per second. A row event reads the row of one set axon and adds it to 512
// dendrites.
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/hw/core/crossbar.h"

namespace {

using spikeloom::arch::CoreDescription;
using spikeloom::arch::Synapse;
using spikeloom::hw::Crossbar;
using spikeloom::hw::MemoryBytes;

constexpr int kAxons = 1152;
constexpr int kDendrites = 512;

Crossbar make_crossbar(unsigned seed) {
  CoreDescription core{};
  core.axons = kAxons;
  core.dendrites = kDendrites;
  core.synapse = Synapse::kTernary;
  std::mt19937 random(seed);
  MemoryBytes plus(spikeloom::arch::region_bytes(core, spikeloom::arch::CoreRegion::kPlusPlane));
  MemoryBytes minus(plus.size());
  for (std::size_t i = 0; i < plus.size(); ++i) {
    plus.writable()[i] = static_cast<std::uint8_t>(random());
    minus.writable()[i] =
        static_cast<std::uint8_t>(random() & ~static_cast<unsigned>(plus.data()[i]));
  }
  return {core, plus, minus};
}

/// Returns `count` axons in ascending order, spread evenly over all axons.
std::vector<int> make_rows(int count) {
  std::vector<int> rows;
  for (int i = 0; i < count; ++i) rows.push_back(i * kAxons / count);
  return rows;
}

void row_events(benchmark::State& state, int cores) {
  std::vector<Crossbar> crossbars;
  for (int i = 0; i < cores; ++i) crossbars.push_back(make_crossbar(static_cast<unsigned>(i)));
  const std::vector<int> rows = make_rows(static_cast<int>(state.range(0)));
  std::vector<std::int32_t> sums(kDendrites);
  for (auto _ : state) {
    for (const Crossbar& crossbar : crossbars) {
      crossbar.accumulate(rows, 0, kDendrites, sums.data());
      benchmark::DoNotOptimize(sums.data());
    }
  }
  state.SetItemsProcessed(state.iterations() * cores * static_cast<std::int64_t>(rows.size()));
}

void BM_RowEventsWarm(benchmark::State& state) { row_events(state, 1); }
void BM_RowEventsColdOf60Cores(benchmark::State& state) { row_events(state, 60); }

BENCHMARK(BM_RowEventsWarm)->Arg(16)->Arg(100)->Arg(400);
BENCHMARK(BM_RowEventsColdOf60Cores)->Arg(16)->Arg(100)->Arg(400);

}  // namespace
