// SPDX-License-Identifier: Apache-2.0
// Runs one fully used core: a dense layer that uses all axons of a group and all dendrites. It
// prints how the cycles of a tick are spent as more axons are set, and compares every spike with
// the integer reference.
#include <iostream>
#include <random>
#include <vector>

#include <fmt/format.h>
#include <systemc>

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/reference.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/host/host_driver.h"
#include "spikeloom/hw/sync/report_ids.h"
#include "spikeloom/mapper/mapper.h"
#include "testbenches/testbench_main.h"

namespace spikeloom {
namespace {

constexpr int kSteps[] = {0, 1, 2, 5, 10, 20, 50, 100};  // percent of the input spikes

/// Returns a dense layer of random ternary weights that fills a core of `chip`.
converter::SpikingNetwork full_core(const arch::CoreDescription& core, std::mt19937& random) {
  const int levels = core.thresholds_per_dendrite;
  const int inputs = core.axons / levels;
  const int outputs = std::min({core.ternary_dendrites(), core.route_entries, core.max_neurons()});
  converter::SpikingNetwork network;
  network.name = "full core";
  network.encoder.name = "input";
  network.encoder.input = network.encoder.output = {inputs, 1, 1};
  network.encoder.groups = inputs;
  network.encoder.weights.assign(static_cast<std::size_t>(inputs), 1.0F);
  network.encoder.bias.assign(static_cast<std::size_t>(inputs), 0.0F);
  network.encoder.quantizer.levels = levels;
  converter::SpikingLayer layer;
  layer.name = "dense";
  layer.output = {outputs, 1, 1};
  layer.quantizer.levels = levels;
  converter::Term& term = layer.terms.emplace_back();
  term.input = network.encoder.output;
  term.input_levels = levels;
  term.outputs = outputs;
  for (int i = 0; i < inputs * outputs; ++i) {
    term.weights.push_back(static_cast<std::int8_t>(static_cast<int>(random() % 3) - 1));
  }
  for (int c = 0; c < outputs; ++c) {
    for (int i = 0; i < levels; ++i) layer.thresholds.push_back(1 + 8 * i);
  }
  network.layers.push_back(layer);
  network.readout.name = "output";
  network.readout.inputs = outputs;
  network.readout.classes = 1;
  network.readout.weights.assign(static_cast<std::size_t>(outputs), 0.0F);
  network.readout.bias.assign(1, 0.0F);
  return network;
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() != 1 || arguments[0] == "--help") {
    std::cout << "usage: spikeloom_core_testbench CHIP.yaml\n";
    return arguments.size() == 1 ? 0 : base::kUserErrorStatus;
  }
  const arch::ChipDescription chip = arch::load_chip(arguments[0], {{"mesh.columns", "1"},
                                                                    {"mesh.rows", "1"},
                                                                    {"board.columns", "1"},
                                                                    {"board.rows", "1"},
                                                                    {"host_port.x", "0"},
                                                                    {"host_port.y", "0"}});
  std::mt19937 random(1);
  const converter::SpikingNetwork network = full_core(chip.core, random);
  const arch::Deployment deployment =
      mapper::map_network(network, network.encode(), chip, mapper::MapOptions{});
  const converter::Reference reference(network);
  const auto inputs = static_cast<std::size_t>(network.encoder.output.size());
  const int levels = network.encoder.quantizer.levels;

  hw::Board board("board", chip, hw::Timing::kCycle, 2);
  std::int64_t tick_cycles = 0;
  board.on_tick_done([&](const hw::TickReport& report) { tick_cycles = report.cycles; });
  bool right = true;
  hw::HostDriver driver("host", [&](hw::HostDriver& host) {
    host.load(deployment.transactions);
    const hw::CoreModel& core = *hw::model_of(board.core(0));
    std::uint64_t done = 0;
    for (const int percent : kSteps) {
      std::vector<std::uint8_t> input(inputs);
      std::vector<std::uint64_t> packets;
      for (std::size_t j = 0; j < inputs; ++j) {
        for (int level = 0; level < levels; ++level) {
          if (static_cast<int>(random() % 100) >= percent) continue;
          const auto route = deployment.input.packets[deployment.input.first[j]];
          packets.push_back(arch::Packet(route).with_level(input[j]++).bits());
        }
      }
      host.send(packets);
      // The spikes arrive in the first tick and are integrated in the second.
      host.commit(2);
      done += 2;
      if (!host.wait_until_done(done)) return;
      host.receive();
      const std::size_t outputs = host.receive().size();
      std::uint64_t axons = 0;
      std::uint64_t operations = 0;
      for (const hw::GroupActivity& group : core.group_activity()) {
        axons += group.axons;
        operations += group.synaptic_operations;
      }
      const auto expected = reference.run(input.data());
      std::size_t spikes = 0;
      for (const std::uint8_t level : expected.levels[0]) spikes += level;
      right = right && spikes == outputs;
      std::cout << fmt::format("{:>6}{:>8}{:>11}{:>11}{:>8}{:>9}{:>9}{}\n", percent, axons,
                               operations, core.integrate_cycles(),
                               core.busy_cycles() - core.integrate_cycles(), outputs, tick_cycles,
                               spikes == outputs ? "" : "  WRONG");
    }
  });
  std::cout << fmt::format("{}: {} axons, {} dendrites, {} thresholds a dendrite\n\n", chip.name,
                           chip.core.axons, chip.core.dendrites, chip.core.thresholds_per_dendrite);
  std::cout << fmt::format("{:>6}{:>8}{:>11}{:>11}{:>8}{:>9}{:>9}\n", "% in", "axons", "SOP",
                           "integrate", "fire", "spikes", "tick");
  driver.connect(board);
  hw::silence_fault_reports();
  sc_core::sc_start();
  driver.rethrow_failure();
  if (!board.fault().empty()) throw base::UserError(board.fault());
  std::cout << (right ? "\nall spikes as the integer reference has them\n"
                      : "\nspikes differ from the integer reference\n");
  return right ? 0 : 1;
}

}  // namespace
}  // namespace spikeloom

/// Required by the SystemC library.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

int main(int argc, char** argv) { return spikeloom::testbench_main(argc, argv, spikeloom::run); }
