// SPDX-License-Identifier: Apache-2.0
// A network with weights of several planes on chips with and without shifters: it is mapped, loaded
// over the bus and run in both timings. Every spike is compared with the integer reference.
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "spikeloom/explore/comparison/comparison.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/sim/simulation/workers.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"

namespace spikeloom::sim {
namespace {

constexpr std::size_t kImages = 8;

DataSet random_images(const converter::Shape& shape) {
  test::Random random(1);
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < shape.size() * static_cast<int>(kImages); ++i) {
    pixels.push_back(static_cast<std::uint8_t>(random.between(0, 255)));
  }
  DataSet data;
  data.set_pixels(kImages, shape, std::move(pixels));
  return data;
}

/// Runs all images, and returns their spikes by neuron. A difference from the reference ends the
/// run with an exception that describes it.
std::vector<std::vector<std::uint32_t>> run(const arch::Deployment& deployment,
                                            const converter::SpikingNetwork& network,
                                            const DataSet& data, hw::Timing timing) {
  explore::Comparison comparison(network, deployment);
  Simulation simulation{deployment, network, data, timing, nullptr, nullptr};
  simulation.observe = [&](const Observation& seen) {
    comparison.observe(seen);
    if (comparison.first()) throw std::logic_error(comparison.first()->text);
  };
  return run_workers(simulation, 0, kImages, 1, nullptr).spikes;
}

TEST(WeightPlanes, TheChipEqualsTheReferenceWithFewerDendrites) {
  // Weights of three planes, and a shortcut times 3.
  test::NetworkBuilder builder("planes", {2, 6, 6}, 3, 7);
  const converter::Window window = test::square_window(3, 1, 1);
  const converter::Window point = test::square_window(1);
  builder.sum(6, {3},
              {{converter::kEncoder, window},
               {converter::kEncoder, window, 1, 2},
               {converter::kEncoder, window, 1, 4}});
  builder.sum(6, {3}, {{0, window}, {0, window, 1, 4}, {0, point, 1, 3}});
  const converter::SpikingNetwork network = builder.build(3);
  const DataSet data = random_images(network.encoder.input);
  arch::ChipDescription chip = test::chip_of_small_cores();
  chip.core.axons = 160;
  chip.core.dendrites = 120;
  chip.core.route_entries = 1024;
  chip.inter_chip.link_cycles = 1;
  chip.inter_chip.flit_bits = 64;
  std::vector<std::int64_t> dendrites;
  std::vector<std::uint64_t> spikes;
  for (const int planes : {1, 2, 8}) {
    SCOPED_TRACE(planes);
    chip.core.weight_planes = planes;
    mapper::MappingReport report;
    const arch::Deployment deployment =
        mapper::map_network(network, network.encode(), chip, {}, &report);
    const auto cycle = run(deployment, network, data, hw::Timing::kCycle);
    EXPECT_EQ(run(deployment, network, data, hw::Timing::kFunctional), cycle);
    dendrites.push_back(report.layers[0].dendrites + report.layers[1].dendrites);
    spikes.push_back(0);
    for (const auto& layer : cycle) {
      for (const std::uint32_t neuron : layer) spikes.back() += neuron;
    }
  }
  EXPECT_GT(spikes[0], 100U);
  EXPECT_EQ(spikes[1], spikes[0]);
  EXPECT_EQ(spikes[2], spikes[0]);
  EXPECT_LT(dendrites[1], dendrites[0]);
  EXPECT_LT(dendrites[2], dendrites[1]);
}

}  // namespace
}  // namespace spikeloom::sim
