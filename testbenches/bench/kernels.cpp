// SPDX-License-Identifier: Apache-2.0
// Runs one fixed piece of work, for a tool that counts its instructions. Under callgrind only the
// work is counted, without its preparation. Inputs are random, but the same each time.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <systemc>
#include <valgrind/callgrind.h>

#include "spikeloom/base/error.h"
#include "spikeloom/hw/network/router_network.h"
#include "spikeloom/sim/inputs/network_file.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/simulation/simulation.h"
#include "testbenches/bench/uniform_traffic.h"

namespace spikeloom::bench {
namespace {

void count(const std::function<void()>& work) {
  CALLGRIND_START_INSTRUMENTATION;
  work();
  CALLGRIND_STOP_INSTRUMENTATION;
}

/// Images in which neighbouring pixels are alike, as in photographs.
sim::DataSet random_images(const converter::Shape& shape, std::size_t images) {
  std::mt19937 random(1);
  std::vector<std::uint8_t> pixels;
  std::uint_fast32_t level = 0;
  for (std::size_t i = 0; i < images * static_cast<std::size_t>(shape.size()); ++i) {
    level = (level * 7 + random() % 256) / 8;
    pixels.push_back(static_cast<std::uint8_t>(level));
  }
  sim::DataSet data;
  data.set_pixels(images, shape, std::move(pixels));
  return data;
}

/// A shipped run on random images: the board is elaborated, loaded and simulated.
void run_network(const std::string& name, hw::Timing timing, std::size_t images) {
  sim::RunConfig config =
      sim::load_run(SPIKELOOM_SOURCE_DIR "/configs/runs/" + name, std::vector<std::string>{});
  config.timing = timing;
  config.images = static_cast<std::int64_t>(images);
  converter::SpikingNetwork network = sim::load_network(config.network);
  sim::DataSet data = random_images(network.encoder.input, images);
  const sim::PreparedRun run = sim::prepare_run(std::move(config), std::move(network),
                                                std::move(data), std::nullopt, nullptr);
  count([&] { sim::simulate(run.simulation(), {0, images, 0, false}); });
}

class CountingSink : public hw::SpikeSink {
 public:
  void deliver_to_core(int, arch::Packet, std::int64_t) override { ++packets_; }
  void deliver_to_host(arch::Packet, std::int64_t) override { ++packets_; }
  std::uint64_t packets() const { return packets_; }

 private:
  std::uint64_t packets_ = 0;
};

/// Uniform traffic of `load` packets per core and cycle on a 32 x 32 mesh.
void run_fabric(double load, int cycles) {
  arch::ChipDescription chip{};
  chip.mesh = {32, 32};
  chip.core.timing.emit_cycles_per_packet = 1;
  chip.router = {4, 1, 1};
  chip.host_port = {6, 0, 0};
  const auto traffic = uniform_traffic(chip.mesh, load, cycles);
  CountingSink sink;
  const auto network = hw::make_router_network(chip, sink, 1);
  count([&] {
    network->begin_tick();
    for (std::size_t core = 0; core < traffic.size(); ++core) {
      network->inject_from_core(static_cast<int>(core), traffic[core]);
    }
    network->run(hw::SpikeNetwork::kForever);
  });
  std::printf("%ju packets\n", static_cast<std::uintmax_t>(sink.packets()));
}

const std::map<std::string, std::function<void()>> kKernels = {
    {"lenet-functional", [] { run_network("lenet-fashion.yaml", hw::Timing::kFunctional, 512); }},
    {"vgg-functional", [] { run_network("vgg-cifar10-k0b1.yaml", hw::Timing::kFunctional, 64); }},
    {"lenet-cycle", [] { run_network("lenet-fashion.yaml", hw::Timing::kCycle, 32); }},
    {"fabric-0.01", [] { run_fabric(0.01, 10000); }},
    {"fabric-0.1", [] { run_fabric(0.1, 1000); }},
};

}  // namespace
}  // namespace spikeloom::bench

int sc_main(int argc, char** argv) {
  const auto kernel = spikeloom::bench::kKernels.find(argc == 2 ? argv[1] : "");
  if (kernel == spikeloom::bench::kKernels.end()) {
    std::fputs("usage: spikeloom_kernels KERNEL\nkernels:", stderr);
    for (const auto& [name, work] : spikeloom::bench::kKernels) {
      std::fprintf(stderr, " %s", name.c_str());
    }
    std::fputs("\n", stderr);
    return 2;
  }
  try {
    kernel->second();
  } catch (const spikeloom::base::UserError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  return 0;
}
