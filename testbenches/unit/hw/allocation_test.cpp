// SPDX-License-Identifier: Apache-2.0
// Tests that after a warm-up neither the network nor a core allocates memory during a simulated
// tick.
#include <algorithm>
#include <cstdlib>
#include <new>
#include <vector>

#include <gtest/gtest.h>

#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/network/router_network.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/chips.h"

namespace {

std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

namespace spikeloom::hw {
namespace {

using arch::Packet;

constexpr int kWarmTicks = 3;

class CountingSink : public SpikeSink {
 public:
  void deliver_to_core(int /*core*/, Packet /*packet*/, std::int64_t /*cycle*/) override {
    ++delivered;
  }
  void deliver_to_host(Packet /*packet*/, std::int64_t /*cycle*/) override { ++delivered; }

  std::uint64_t delivered = 0;
};

/// Every core sends to a few rectangles, some of them much later, and to the host.
std::vector<std::vector<Emission>> traffic(const arch::MeshDescription& mesh) {
  std::vector<std::vector<Emission>> emissions(static_cast<std::size_t>(mesh.cores()));
  for (int core = 0; core < mesh.cores(); ++core) {
    auto& list = emissions[static_cast<std::size_t>(core)];
    for (int i = 0; i < 20; ++i) {
      const int x = (core * 7 + i * 3) % mesh.columns;
      const int y = (core * 5 + i) % mesh.rows;
      const arch::Region region{x, y, std::min(x + i % 3, mesh.columns - 1), y};
      list.push_back(
          {i % 5 == 4 ? Packet::to_host(i) : Packet::to_cores(region, 0, i), i * 200, 0});
    }
  }
  return emissions;
}

void expect_no_allocation(arch::TopologyKind topology) {
  arch::ChipDescription chip = test::small_chip();
  chip.mesh = {8, 8};
  chip.topology = topology;
  CountingSink sink;
  const auto network = make_router_network(chip, sink, 1);
  const auto emissions = traffic(chip.mesh);
  std::uint64_t first_tick = 0;
  for (int tick = 0; tick <= kWarmTicks; ++tick) {
    const std::size_t before = allocations;
    sink.delivered = 0;
    network->begin_tick();
    for (int core = 0; core < chip.mesh.cores(); ++core) {
      network->inject_from_core(core, emissions[static_cast<std::size_t>(core)]);
    }
    EXPECT_EQ(network->run(SpikeNetwork::kForever), SpikeNetwork::kForever);
    network->end_tick(network->last_event(), false);
    if (tick == 0) {
      first_tick = sink.delivered;
      EXPECT_GT(allocations, before) << "the counter sees nothing";
    } else if (tick == kWarmTicks) {
      EXPECT_EQ(allocations, before);
    }
    EXPECT_EQ(sink.delivered, first_tick);
  }
  EXPECT_GT(first_tick, 64U * 20U);
}

TEST(Allocation, TickOfEveryTopology) {
  for (std::size_t kind = 0; kind < arch::kTopologies; ++kind) {
    SCOPED_TRACE(kind);
    expect_no_allocation(static_cast<arch::TopologyKind>(kind));
  }
}

TEST(Allocation, CoreTick) {
  const arch::ChipDescription chip = test::small_chip();
  CoreModel core(chip, 0);
  test::CoreProgram program;
  program.groups.push_back({0, 100, 64});
  for (int d = 0; d < 100; ++d) {
    program.gather.push_back(static_cast<std::uint16_t>(d));
    program.neurons.push_back({d, 1, 0, 2, 0, 1});
    program.weights.push_back({d % 64, d, 1});
  }
  program.thresholds = {1, 2};
  program.routes = {Packet::to_cores({0, 0, 0, 0}, 0, 0)};
  for (test::CoreProgram::Write& write : program.writes(chip.core)) {
    ASSERT_EQ(core.access(static_cast<int>(write.region), write.offset, write.data.data(),
                          write.data.size(), true),
              AccessResult::kOk);
  }
  for (int tick = 0; tick <= kWarmTicks; ++tick) {
    const std::size_t before = allocations;
    core.begin_tick(tick % 2, 0);
    for (int axon = 0; axon < 64; ++axon) {
      core.receive(Packet::to_cores({0, 0, 0, 0}, 0, axon).with_parity(tick % 2), 0);
    }
    if (tick == kWarmTicks) {
      EXPECT_EQ(allocations, before);
      EXPECT_EQ(core.emissions().size(), 100U);
    }
  }
  EXPECT_EQ(core.fault(), "");
}

}  // namespace
}  // namespace spikeloom::hw
