// SPDX-License-Identifier: Apache-2.0
// Tests synthetic workloads: the run file, the deployment, and what their runs count.
#include "spikeloom/sim/workload/workload.h"

#include <cmath>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <systemc>

#include "spikeloom/base/error.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/sim/inputs/run_config.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/simulation/range_codec.h"
#include "spikeloom/sim/simulation/workers.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"
#include "testbenches/unit/support/records.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::sim {
namespace {

using test::TemporaryFile;
using testing::HasSubstr;

// ---- The run file

const std::string kConfigs = SPIKELOOM_SOURCE_DIR "/configs/";

/// A run file whose mapping `workload` is from line 4 on, as `rest` has it.
std::string run_file(const std::string& rest) {
  return fmt::format("name: test\nchip: {0}chips/reference.yaml\nenergy: {0}energy/65nm.yaml\n{1}",
                     kConfigs, rest);
}

constexpr const char* kWorkload =
    "workload: {firing_rate: 0.02, active_synapses: 128, destinations: local, radius: 3, cores: "
    "40, "
    "neurons: 256, ticks: 10, warm_up: 2, seed: 5}\n";

std::string error_of(const TemporaryFile& file, const std::vector<std::string>& settings) {
  try {
    load_run(file.path(), settings);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(WorkloadFile, HasAllNumbers) {
  const TemporaryFile file(run_file(kWorkload));
  const RunConfig run = load_run(file.path(), std::vector<std::string>());
  ASSERT_TRUE(run.workload);
  EXPECT_EQ(run.workload->firing_rate, 0.02);
  EXPECT_EQ(run.workload->firing_hz, std::nullopt);
  EXPECT_EQ(run.workload->active_synapses, 128);
  EXPECT_EQ(run.workload->destinations, Destinations::kLocal);
  EXPECT_EQ(run.workload->radius, 3);
  EXPECT_EQ(run.workload->cores, 40);
  EXPECT_EQ(run.workload->neurons, 256);
  EXPECT_EQ(run.workload->ticks, 10);
  EXPECT_EQ(run.workload->warm_up, 2);
  EXPECT_EQ(run.workload->seed, 5U);
  EXPECT_EQ(run.images, 10);
}

TEST(WorkloadFile, TakesTheWholeChipAndRandomTargets) {
  const TemporaryFile file(run_file("workload: {firing_rate: 1, active_synapses: 0, ticks: 1}\n"));
  const RunConfig run = load_run(file.path(), std::vector<std::string>());
  EXPECT_EQ(run.workload->destinations, Destinations::kRandom);
  EXPECT_EQ(run.workload->cores, 1024);
  EXPECT_EQ(run.workload->neurons, 512);
  EXPECT_EQ(run.workload->warm_up, 1);
}

// 252,000 cycles at 252 MHz are a millisecond.
TEST(WorkloadFile, TakesFrequenciesOfTicksOfAFixedLength) {
  const TemporaryFile file(run_file(kWorkload));
  const std::vector<std::string> fixed = {"chip.sync.tick_cycles=252000",
                                          "workload.firing_rate=20 Hz"};
  const RunConfig run = load_run(file.path(), fixed);
  EXPECT_DOUBLE_EQ(run.workload->firing_rate, 0.02);
  EXPECT_EQ(run.workload->firing_hz, 20.0);
  EXPECT_EQ(error_of(file, {"chip.sync.tick_cycles=252000", "workload.firing_rate=2 kHz"}),
            "--set workload.firing_rate=2 kHz: workload.firing_rate: got 2 kHz, allowed up to 1 "
            "kHz, a spike in each tick of 1 ms");
  EXPECT_EQ(error_of(file, {"workload.firing_rate=20 Hz"}),
            "--set workload.firing_rate=20 Hz: workload.firing_rate: got 20 Hz, but the ticks have "
            "no fixed length (chip.sync.tick_cycles): allowed 0..1, spikes of a neuron in a tick");
}

TEST(WorkloadFile, NumbersOutOfRange) {
  const TemporaryFile file(run_file(kWorkload));
  const auto error = [&](const std::string& key, const std::string& value) {
    return error_of(file, {fmt::format("workload.{}={}", key, value)});
  };
  for (const char* value : {"-0.1", "1.5", "often", "-3 Hz", "nan"}) {
    EXPECT_EQ(error("firing_rate", value),
              fmt::format("--set workload.firing_rate={0}: workload.firing_rate: got {0}, allowed "
                          "0..1, spikes of a neuron in a tick, or a frequency such as 20 Hz",
                          value));
  }
  EXPECT_THAT(error("active_synapses", "-1"), HasSubstr("got -1, allowed 0..65535"));
  EXPECT_THAT(error("active_synapses", "257"),
              HasSubstr("workload.active_synapses: got 257, allowed 0..256 (neurons)"));
  EXPECT_THAT(error("cores", "1025"),
              HasSubstr("workload.cores: got 1025, allowed 1..1024 (mesh, board)"));
  EXPECT_THAT(error("cores", "0"), HasSubstr("workload.cores: got 0, allowed 1..16384"));
  EXPECT_THAT(error("neurons", "513"),
              HasSubstr("workload.neurons: got 513, allowed 1..512 (core.dendrites)"));
  EXPECT_THAT(error("destinations", "far"), HasSubstr("got far, allowed random, local"));
  EXPECT_THAT(error("radius", "128"), HasSubstr("workload.radius: got 128, allowed 0..127"));
  EXPECT_THAT(error("ticks", "0"), HasSubstr("workload.ticks: got 0, allowed 1.."));
  EXPECT_THAT(error("warm_up", "0"), HasSubstr("workload.warm_up: got 0, allowed 1.."));
  EXPECT_THAT(error("seed", "-1"), HasSubstr("workload.seed: got -1, allowed 0.."));
  EXPECT_THAT(error("rate", "1"), HasSubstr("workload.rate: unknown key, allowed here: "));
  EXPECT_THAT(error_of(file, {"chip.core.route_entries=100"}), HasSubstr(file.path() + ":4:"));
  EXPECT_THAT(error_of(file, {"chip.core.route_entries=100"}),
              HasSubstr("workload.neurons: got 256, allowed 1..100 (core.route_entries)"));
  EXPECT_THAT(error_of(file, {"chip.sync.ticks_per_image=2"}),
              HasSubstr("chip.sync.ticks_per_image: got 2, allowed 1 with a workload"));
}

TEST(WorkloadFile, HasNoKeysOfNetworks) {
  const TemporaryFile file(run_file(kWorkload));
  EXPECT_EQ(error_of(file, {"network=a.onnx"}),
            "--set network=a.onnx: network: not allowed beside workload, which takes the place of "
            "a network");
  EXPECT_THAT(error_of(file, {"faults.seed=3"}), HasSubstr("faults: not allowed beside workload"));
  EXPECT_THAT(error_of(file, {"mapper.effort=3"}),
              HasSubstr("mapper: not allowed beside workload"));
  EXPECT_EQ(error_of(file, {"images=7"}),
            "--set images=7: images: not allowed beside workload, which has its own: "
            "workload.ticks");
  EXPECT_THAT(error_of(file, {"seed=7"}), HasSubstr("which has its own: workload.seed"));
  EXPECT_THAT(error_of(file, {"first=1"}), HasSubstr("first: got 1, allowed 0..0"));
  EXPECT_EQ(error_of(file, {"first=0", "timing=cycle"}), "no error");
  EXPECT_THROW(require_network(load_run(file.path(), std::vector<std::string>())), base::UserError);
}

TEST(WorkloadFile, NetworksNeedThresholds) {
  arch::ChipDescription chip = test::small_chip();
  chip.core.neuron = arch::Neuron::kStochastic;
  const converter::SpikingNetwork network =
      test::NetworkBuilder("net", {1, 8, 8}, 1, 5).convolution(2, 3).build();
  try {
    mapper::map_network(network, network.encode(), chip, {});
    ADD_FAILURE() << "no error";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("chip.core.neuron: got stochastic, allowed threshold"));
  }
}

// ---- Targets

/// A workload on a chip of `columns` x `rows` cores with as many axons as neurons.
struct Load {
  Load(int columns, int rows, int neurons) : chip(test::small_chip()) {
    chip.mesh = {columns, rows};
    chip.core.axons = neurons;
    chip.core.dendrites = neurons;
    chip.core.route_entries = neurons;
    workload.cores = columns * rows;
    workload.neurons = neurons;
    workload.firing_rate = 0.25;
    workload.active_synapses = neurons / 2;
    workload.ticks = 40;
    workload.warm_up = 1;
    workload.seed = 3;
  }

  arch::ChipDescription chip;
  WorkloadConfig workload;
};

/// Mean distance of targets along each axis; checks that each axon of each core has one neuron.
std::pair<double, double> mean_distances(const Load& load) {
  const arch::MeshDescription grid = load.chip.grid();
  std::set<std::pair<int, int>> axons;
  double x = 0.0;
  double y = 0.0;
  const auto targets = draw_targets(load.workload, load.chip);
  for (int core = 0; core < load.workload.cores; ++core) {
    const auto& of_core = targets[static_cast<std::size_t>(core)];
    EXPECT_EQ(of_core.size(), static_cast<std::size_t>(load.workload.neurons));
    for (const Target& target : of_core) {
      EXPECT_TRUE(axons.insert({target.core, target.axon}).second);
      EXPECT_LT(target.core, load.workload.cores);
      EXPECT_LT(target.axon, load.workload.neurons);
      const int dx = std::abs(grid.x(target.core) - grid.x(core));
      const int dy = std::abs(grid.y(target.core) - grid.y(core));
      if (load.workload.destinations == Destinations::kLocal) {
        EXPECT_LE(std::max(dx, dy), load.workload.radius);
      }
      x += dx;
      y += dy;
    }
  }
  const auto count = static_cast<double>(axons.size());
  return {x / count, y / count};
}

// Two places on a line of n, each anywhere, are (n^2 - 1) / 3n apart on average: 10.66 of 32, 6.65
// of 20. Their variance is below n^2 / 18; five standard deviations of the mean of 32 * 20 * 64
// draws.
TEST(WorkloadTargets, RandomOnesAreAnywhere) {
  const Load load(32, 20, 64);
  const auto [x, y] = mean_distances(load);
  const double draws = 32 * 20 * 64;
  EXPECT_NEAR(x, (32.0 * 32 - 1) / (3 * 32), 5 * std::sqrt(32.0 * 32 / 18 / draws));
  EXPECT_NEAR(y, (20.0 * 20 - 1) / (3 * 20), 5 * std::sqrt(20.0 * 20 / 18 / draws));
}

/// Mean distance of a step of -radius .. radius on a line of `length` places with mirrors at its
/// ends. A step of d goes d places from length - d of the places; from the d others, mirrored, it
/// goes d - 1, d - 3, ... 3 - d, 1 - d, which add up to floor(d^2 / 2).
double mirrored_mean(int length, int radius) {
  double sum = 0.0;
  for (int d = 1; d <= radius; ++d) sum += 2.0 * ((length - d) * d + d * d / 2) / length;
  return sum / (2 * radius + 1);
}

TEST(WorkloadTargets, LocalOnesAreWithinTheRadius) {
  for (const int radius : {1, 2, 5}) {
    Load load(32, 20, 64);
    load.workload.destinations = Destinations::kLocal;
    load.workload.radius = radius;
    const auto [x, y] = mean_distances(load);
    // A pair of neurons has one step for each line. Its variance is below radius^2 / 4.
    EXPECT_NEAR(x, mirrored_mean(32, radius), 5 * radius / 2.0 / std::sqrt(20 * 32));
    EXPECT_NEAR(y, mirrored_mean(20, radius), 5 * radius / 2.0 / std::sqrt(32 * 32));
  }
}

TEST(WorkloadTargets, RadiusZeroIsTheCoreItself) {
  Load load(5, 4, 6);
  load.workload.destinations = Destinations::kLocal;
  EXPECT_EQ(mean_distances(load), std::pair(0.0, 0.0));
}

TEST(WorkloadTargets, PartOfABoardAndOddNumbers) {
  for (const Destinations destinations : {Destinations::kRandom, Destinations::kLocal}) {
    Load load(7, 6, 9);
    load.workload.destinations = destinations;
    load.workload.radius = 9;
    for (const int cores : {1, 3, 7, 8, 20}) {
      load.workload.cores = cores;
      mean_distances(load);
    }
  }
}

TEST(WorkloadTargets, NeuronsShareWhatAxonsThereAre) {
  Load load(4, 4, 10);
  load.chip.core.axons = 4;
  for (const auto& of_core : draw_targets(load.workload, load.chip)) {
    for (const Target& target : of_core) EXPECT_LT(target.axon, 4);
  }
}

// ---- Runs

RangeResult run(const Load& load, hw::Timing timing, std::size_t workers) {
  const arch::Deployment deployment = make_workload(load.workload, load.chip);
  const converter::SpikingNetwork network;
  const DataSet data;
  Simulation simulation{deployment, network, data, timing, nullptr, nullptr};
  simulation.workload = &load.workload;
  simulation.verify_config = true;
  return run_workers(simulation, 0, static_cast<std::size_t>(load.workload.ticks), workers,
                     nullptr);
}

TEST(WorkloadRun, SynapticOperationsAreSpikesTimesSynapses) {
  for (const arch::Synapse synapse : {arch::Synapse::kTernary, arch::Synapse::kBinaryPair}) {
    Load load(4, 3, 60);
    load.chip.core.synapse = synapse;
    load.chip.core.dendrites = 60 * arch::columns_per_dendrite(synapse);
    const std::vector<ImageRecord> images = test::records(run(load, hw::Timing::kCycle, 1));
    ASSERT_EQ(images.size(), 40U);
    double spikes = 0.0;
    for (std::size_t t = 0; t < images.size(); ++t) {
      const LayerCounts& counts = images[t].layers[1];
      spikes += static_cast<double>(counts.spikes);
      // Each spike goes to an axon of its own, which drives 30 synapses in the next tick.
      EXPECT_EQ(counts.packets, counts.spikes);
      EXPECT_EQ(counts.deliveries, counts.spikes);
      EXPECT_EQ(counts.axon_writes, counts.spikes);
      if (t == 0) continue;
      EXPECT_EQ(counts.synaptic_operations, 30 * images[t - 1].layers[1].spikes);
    }
    // Rate x neurons x ticks, to five standard deviations.
    const double draws = 12 * 60 * 40;
    EXPECT_NEAR(spikes, 0.25 * draws, 5 * std::sqrt(draws * 0.25 * 0.75));
    EXPECT_GT(images[0].layers[1].synaptic_operations, 0U);
    EXPECT_EQ(images[0].latency_cycles, std::nullopt);
    EXPECT_EQ(images[0].predicted, std::nullopt);
  }
}

TEST(WorkloadRun, IsTheSameForAnyNumberOfWorkers) {
  for (const hw::Timing timing : {hw::Timing::kCycle, hw::Timing::kFunctional}) {
    for (const int warm_up : {1, 3}) {
      Load load(3, 3, 20);
      load.workload.warm_up = warm_up;
      load.workload.ticks = 11;
      const std::vector<std::uint8_t> one = encode_range(run(load, timing, 1));
      for (const std::size_t workers : {2U, 4U}) {
        EXPECT_EQ(encode_range(run(load, timing, workers)), one);
      }
    }
  }
}

TEST(WorkloadRun, WarmUpTicksAreThoseBefore) {
  Load load(3, 3, 20);
  const std::vector<ImageRecord> all = test::records(run(load, hw::Timing::kCycle, 1));
  load.workload.warm_up = 6;
  load.workload.ticks = 30;
  const std::vector<ImageRecord> later = test::records(run(load, hw::Timing::kCycle, 1));
  for (std::size_t t = 0; t < later.size(); ++t) {
    EXPECT_EQ(later[t].cycles(), all[t + 5].cycles());
    EXPECT_EQ(later[t].layers[1].spikes, all[t + 5].layers[1].spikes);
    EXPECT_EQ(later[t].layers[1].synaptic_operations, all[t + 5].layers[1].synaptic_operations);
  }
}

TEST(WorkloadRun, SeedsDiffer) {
  Load load(3, 3, 20);
  const RangeResult one = run(load, hw::Timing::kFunctional, 1);
  load.workload.seed = 4;
  const RangeResult other = run(load, hw::Timing::kFunctional, 1);
  EXPECT_NE(one.spikes[1], other.spikes[1]);
}

TEST(WorkloadRun, ExtremesOfThePlane) {
  Load load(3, 3, 20);
  load.workload.ticks = 3;
  load.workload.firing_rate = 0.0;
  RangeResult result = run(load, hw::Timing::kCycle, 1);
  for (const ImageRecord& tick : result.images) EXPECT_EQ(tick.layers[1].spikes, 0U);
  load.workload.firing_rate = 1.0;
  load.workload.active_synapses = 20;
  result = run(load, hw::Timing::kCycle, 1);
  for (const ImageRecord& tick : result.images) {
    EXPECT_EQ(tick.layers[1].spikes, 180U);
    EXPECT_EQ(tick.layers[1].synaptic_operations, 180U * 20U);
  }
  load.workload.active_synapses = 0;
  result = run(load, hw::Timing::kCycle, 1);
  for (const ImageRecord& tick : result.images) {
    EXPECT_EQ(tick.layers[1].spikes, 180U);
    EXPECT_EQ(tick.layers[1].synaptic_operations, 0U);
  }
}

// With local targets no packet crosses more links than twice the radius; hops are the transfers
// over links plus the passage to the core.
TEST(WorkloadRun, LocalSpikesCrossFewLinks) {
  Load load(8, 8, 20);
  load.workload.destinations = Destinations::kLocal;
  load.workload.radius = 0;
  for (const std::uint64_t packets : run(load, hw::Timing::kCycle, 1).links) {
    EXPECT_EQ(packets, 0U);
  }
}

}  // namespace
}  // namespace spikeloom::sim
