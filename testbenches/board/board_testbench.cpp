// SPDX-License-Identifier: Apache-2.0
// Runs a network on a board of several chips with random images. It prints what each chip holds and
// how many packets cross between chips, and compares every spike with the integer reference.
#include <iostream>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/base/error.h"
#include "spikeloom/explore/comparison/comparison.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/sim/inputs/network_file.h"
#include "spikeloom/sim/simulation/simulation.h"
#include "spikeloom/sim/simulation/stat_categories.h"
#include "testbenches/testbench_main.h"

namespace spikeloom {
namespace {

constexpr std::size_t kImages = 12;

sim::DataSet random_images(const converter::Shape& shape) {
  sim::DataSet data;
  std::mt19937 random(1);
  std::vector<std::uint8_t> pixels(kImages * static_cast<std::size_t>(shape.size()));
  for (std::uint8_t& pixel : pixels) pixel = static_cast<std::uint8_t>(random());
  data.set_pixels(kImages, shape, std::move(pixels));
  data.labels.resize(kImages);
  return data;
}

/// Prints the cores of each layer by chip. A core shared by several layers counts for each of them.
void print_chips(const arch::Deployment& deployment) {
  const arch::ChipDescription& chip = deployment.chip;
  const auto chips = static_cast<std::size_t>(chip.board.chips());
  std::vector<std::vector<int>> cores(deployment.layers.size(), std::vector<int>(chips));
  for (const arch::CoreLabels& labels : deployment.cores) {
    std::vector<bool> holds(deployment.layers.size());
    for (const arch::NeuronLabel& label : labels.neurons) holds[label.layer] = true;
    for (std::size_t l = 0; l < holds.size(); ++l) {
      if (holds[l]) ++cores[l][static_cast<std::size_t>(chip.place(labels.core).chip)];
    }
  }
  std::cout << fmt::format("{:<14}", "cores");
  for (std::size_t c = 0; c < chips; ++c)
    std::cout << fmt::format("{:>8}", fmt::format("chip{}", c));
  std::cout << "\n";
  for (std::size_t l = 0; l < cores.size(); ++l) {
    std::cout << fmt::format("{:<14}", deployment.layers[l].name);
    for (const int count : cores[l]) std::cout << fmt::format("{:>8}", count);
    std::cout << "\n";
  }
}

void print_traffic(const arch::Deployment& deployment, const sim::RangeResult& result) {
  std::cout << fmt::format("\n{:<14}{:>12}{:>12}{:>14}\n", "per image", "packets", "link hops",
                           "between chips");
  for (std::size_t a = 0; a < sim::layer_category(deployment.layers.size()); ++a) {
    hw::EventCounts events;
    for (const sim::ImageRecord& image : result.images) {
      for (const sim::TickRecord& tick : image.ticks) events += tick.events[a];
    }
    const auto mean = [&](hw::Event event) {
      return static_cast<double>(events[event]) / static_cast<double>(result.images.size());
    };
    const bool input = a == sim::kInputCategory;
    std::cout << fmt::format("{:<14}{:>12.1f}{:>12.1f}{:>14.1f}\n",
                             input ? "input" : deployment.layers[a - 1].name,
                             mean(input ? hw::Event::kHostTransfer : hw::Event::kRouteRead),
                             mean(hw::Event::kLinkTransfer), mean(hw::Event::kInterChipTransfer));
  }
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() != 2) {
    std::cout << "usage: spikeloom_board_testbench CHIP.yaml NETWORK\n";
    return arguments.size() == 1 && arguments[0] == "--help" ? 0 : base::kUserErrorStatus;
  }
  const arch::ChipDescription chip = arch::load_chip(arguments[0]);
  const converter::SpikingNetwork network = sim::load_network(arguments[1]);
  const arch::Deployment deployment =
      mapper::map_network(network, network.encode(), chip, mapper::MapOptions{});
  const sim::DataSet data = random_images(network.encoder.input);
  std::cout << fmt::format("{} on {} x {} chips of {}, {} images of random pixels\n\n",
                           network.name, chip.board.columns, chip.board.rows, chip.name, kImages);
  print_chips(deployment);
  explore::Comparison comparison(network, deployment);
  const sim::Simulation simulation{deployment,
                                   network,
                                   data,
                                   hw::Timing::kCycle,
                                   [&](const sim::Observation& seen) { comparison.observe(seen); },
                                   nullptr};
  print_traffic(deployment, sim::simulate(simulation, {0, kImages, 0, false}));
  if (comparison.first()) {
    std::cout << "\nfirst difference: " << comparison.first()->text;
    return 1;
  }
  std::cout << fmt::format("\n{} neurons compared with the integer reference: no difference\n",
                           comparison.compared());
  return 0;
}

}  // namespace
}  // namespace spikeloom

/// Required by the SystemC library.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

int main(int argc, char** argv) { return spikeloom::testbench_main(argc, argv, spikeloom::run); }
