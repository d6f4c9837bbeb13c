// SPDX-License-Identifier: Apache-2.0
// Runs the network of a chip file under synthetic traffic, and prints latency and throughput as a
// function of the load, as CSV on standard output. Each core creates packets by a Bernoulli
// process; latency is measured from their creation. All packets are drawn from a fixed seed.
#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/chip_file.h"
#include "spikeloom/base/config_file.h"
#include "spikeloom/base/error.h"
#include "spikeloom/hw/network/router_network.h"

namespace {

using namespace spikeloom;

constexpr std::int64_t kWarmUp = 1000;
constexpr std::int64_t kEnd = 4000;
constexpr std::uint64_t kSeed = 1;
constexpr std::array<double, 16> kLoads = {0.01, 0.02, 0.05, 0.08, 0.1, 0.12, 0.15, 0.18,
                                           0.2,  0.22, 0.25, 0.3,  0.4, 0.5,  0.7,  0.9};
constexpr std::array<std::string_view, 5> kPatterns = {"uniform", "transpose", "hotspot",
                                                       "neighbour", "multicast"};
constexpr int kHotspotPercent = 10;
constexpr int kMulticastSide = 2;

/// Measures deliveries. The group and axon of a packet encode its number.
class Meter : public hw::SpikeSink {
 public:
  void deliver_to_core(int /*core*/, arch::Packet packet, std::int64_t cycle) override {
    const auto number = static_cast<std::size_t>(packet.output());
    if (cycle > kWarmUp && cycle <= kEnd) ++in_window_;
    if (made_[number] < kWarmUp) return;
    latency_ += cycle - made_[number];
    longest_ = std::max(longest_, cycle - made_[number]);
    ++measured_;
  }
  void deliver_to_host(arch::Packet /*packet*/, std::int64_t /*cycle*/) override {}

  /// Registers a packet created at `cycle`; returns its number.
  int make(std::int64_t cycle) {
    made_.push_back(cycle);
    return static_cast<int>(made_.size()) - 1;
  }
  double throughput(int cores) const {
    return static_cast<double>(in_window_) / static_cast<double>(kEnd - kWarmUp) / cores;
  }
  double mean_latency() const {
    return static_cast<double>(latency_) /
           static_cast<double>(std::max<std::int64_t>(1, measured_));
  }
  std::int64_t longest() const { return longest_; }

 private:
  std::vector<std::int64_t> made_;
  std::int64_t in_window_ = 0;
  std::int64_t latency_ = 0;
  std::int64_t longest_ = 0;
  std::int64_t measured_ = 0;
};

class Pattern {
 public:
  Pattern(std::string_view name, const arch::MeshDescription& grid) : name_(name), grid_(grid) {}

  arch::Region target(int core, std::mt19937_64& random) const {
    const auto below = [&random](int limit) {
      return static_cast<int>(random() % static_cast<std::uint64_t>(limit));
    };
    int x = grid_.x(core);
    int y = grid_.y(core);
    if (name_ == "transpose") {
      std::swap(x, y);
      return {x % grid_.columns, y % grid_.rows, x % grid_.columns, y % grid_.rows};
    }
    if (name_ == "neighbour") {
      x = (x + 1) % grid_.columns;
      return {x, y, x, y};
    }
    if (name_ == "hotspot" && below(100) < kHotspotPercent) {
      return {grid_.columns / 2, grid_.rows / 2, grid_.columns / 2, grid_.rows / 2};
    }
    const int side = name_ == "multicast" ? kMulticastSide : 1;
    x = below(grid_.columns - side + 1);
    y = below(grid_.rows - side + 1);
    return {x, y, x + side - 1, y + side - 1};
  }

 private:
  std::string_view name_;
  arch::MeshDescription grid_;
};

std::string measure(const arch::ChipDescription& chip, std::string_view name, double load) {
  const arch::MeshDescription grid = chip.grid();
  const Pattern pattern(name, grid);
  std::mt19937_64 random(kSeed);
  Meter meter;
  std::vector<std::vector<hw::Emission>> emissions(static_cast<std::size_t>(grid.cores()));
  for (int core = 0; core < grid.cores(); ++core) {
    for (std::int64_t cycle = 0; cycle < kEnd; ++cycle) {
      if (static_cast<double>(random() >> 11) * 0x1p-53 >= load) continue;
      const arch::Region region = pattern.target(core, random);
      const int number = meter.make(cycle);
      if (number >= arch::Packet::kMaxOutputs) throw base::UserError("too many cores to count");
      emissions[static_cast<std::size_t>(core)].push_back(
          {arch::Packet::to_cores(region, number >> 16, number & 0xffff), cycle, 0});
    }
  }
  const auto network = hw::make_router_network(chip, meter, 1);
  network->begin_tick();
  for (int core = 0; core < grid.cores(); ++core) {
    network->inject_from_core(core, emissions[static_cast<std::size_t>(core)]);
  }
  network->run(hw::SpikeNetwork::kForever);
  return fmt::format("{},{},{:.4f},{:.2f},{}\n", name, load, meter.throughput(grid.cores()),
                     meter.mean_latency(), meter.longest());
}

int run(int argc, char** argv) {
  if (argc < 2 || argv[1] == std::string_view("--help")) {
    std::cout << "usage: spikeloom_router_testbench CHIP.yaml [KEY=VALUE]...\n"
                 "example: spikeloom_router_testbench configs/chips/reference.yaml "
                 "mesh.columns=16 mesh.rows=16 > curve.csv\n";
    return argc < 2 ? base::kUserErrorStatus : 0;
  }
  std::vector<base::Override> overrides;
  for (int i = 2; i < argc; ++i) overrides.push_back(base::parse_override(argv[i]));
  const arch::ChipDescription chip = arch::load_chip(argv[1], overrides);
  std::cout << "pattern,offered,delivered,latency_mean,latency_max\n";
  for (const std::string_view pattern : kPatterns) {
    for (const double load : kLoads) std::cout << measure(chip, pattern, load);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const base::UserError& error) {
    std::cerr << error.what() << "\n";
    return base::kUserErrorStatus;
  }
}
