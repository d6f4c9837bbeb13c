// SPDX-License-Identifier: Apache-2.0
// Tests axon expansion: which axons the list of a packet sets, and how long it occupies the port of
// the core. The cycles are derived by hand in docs/timing.md, "Axon expansion".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/topology/mesh_topology.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/network/arbiter.h"
#include "spikeloom/hw/network/router_network.h"
#include "spikeloom/hw/network/router_network_impl.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/chips.h"

namespace {

using namespace spikeloom;
using arch::Packet;
using hw::CoreModel;
using hw::Emission;
using testing::ElementsAre;
using MeshNetwork =
    spikeloom::hw::RouterNetwork<spikeloom::arch::MeshTopology, spikeloom::hw::RoundRobin>;

constexpr arch::Region kHere{0, 0, 0, 0};

arch::ChipDescription chip_with_table() {
  arch::ChipDescription chip = test::small_chip();
  chip.core.expansion = {8, 2, 25};
  return chip;
}

/// Loads two groups of 8 axons. The list at entry 1 sets axons of both groups, that at entry 3 of
/// one, and that at entry 4 has no end.
void load(CoreModel& core, const arch::ChipDescription& chip) {
  test::CoreProgram program;
  program.groups = {{0, 4, 8}, {4, 4, 8}};
  program.expansion = {{},
                       {0, 2, false},
                       {1, 5, true},
                       {1, 0, true},
                       {0, 1, false},
                       {0, 1, false},
                       {0, 1, false},
                       {0, 1, false}};
  for (test::CoreProgram::Write write : program.writes(chip.core)) {
    ASSERT_EQ(core.access(static_cast<int>(write.region), write.offset, write.data.data(),
                          write.data.size(), true),
              hw::AccessResult::kOk);
  }
}

TEST(Expansion, PacketsKeepEntryAndLevelApart) {
  const Packet packet = Packet::to_entries({1, 2, 3, 4}, 65535).with_level(63).with_parity(1);
  EXPECT_TRUE(packet.valid());
  EXPECT_TRUE(packet.expanded());
  EXPECT_EQ(packet.entry(), 65535);
  EXPECT_EQ(packet.level(), 63);
  EXPECT_EQ(packet.parity(), 1);
  EXPECT_EQ(packet.region(), (arch::Region{1, 2, 3, 4}));
  EXPECT_FALSE(Packet::to_cores(kHere, 255, 65535).expanded());
  EXPECT_FALSE(Packet::to_host((1 << 24) - 1).expanded());
}

TEST(Expansion, APacketSetsEachAxonOfItsList) {
  const arch::ChipDescription chip = chip_with_table();
  CoreModel core(chip, 0);
  load(core, chip);
  core.begin_tick(0, 0);
  core.receive(Packet::to_entries(kHere, 1).with_level(2), 0);
  core.receive(Packet::to_entries(kHere, 3), 0);
  core.receive(Packet::to_cores(kHere, 0, 7), 0);
  EXPECT_EQ(core.axon_writes(0), 2U);
  EXPECT_EQ(core.group_activity()[0].expansion_writes, 1U);
  EXPECT_EQ(core.axon_writes(1), 2U);
  EXPECT_EQ(core.group_activity()[1].expansion_writes, 2U);
  core.begin_tick(1, 0);
  EXPECT_EQ(core.group_activity()[0].axons, 2U);  // axons 4 and 7
  EXPECT_EQ(core.group_activity()[1].axons, 2U);  // axons 7 and 0
  EXPECT_EQ(core.fault(), "");
}

TEST(Expansion, AnAxonBeyondItsGroupIsAFault) {
  const arch::ChipDescription chip = chip_with_table();
  CoreModel core(chip, 3);
  load(core, chip);
  core.begin_tick(0, 0);
  core.receive(Packet::to_entries(kHere, 1).with_level(3), 0);
  EXPECT_EQ(core.fault(),
            "chip0.core_0_1: a packet arrived for group 1, axon 8, which does not exist");
}

TEST(Expansion, AListWithoutEndIsAFault) {
  const arch::ChipDescription chip = chip_with_table();
  for (const int entry : {4, 8, 65535}) {
    CoreModel core(chip, 3);
    load(core, chip);
    core.begin_tick(0, 0);
    core.receive(Packet::to_entries(kHere, entry), 0);
    EXPECT_EQ(core.fault(), "chip0.core_0_1: a packet names entry " + std::to_string(entry) +
                                " of its expansion table, but the list there has no last entry");
  }
}

TEST(Expansion, ThePortIsBusyForEachWrite) {
  const arch::ChipDescription chip = chip_with_table();
  CoreModel core(chip, 0);
  load(core, chip);
  EXPECT_EQ(core.port_cycles(Packet::to_entries(kHere, 1)), 4);
  EXPECT_EQ(core.port_cycles(Packet::to_entries(kHere, 2)), 2);
  EXPECT_EQ(core.port_cycles(Packet::to_entries(kHere, 3)), 2);
}

/// Each expanded packet occupies the port for as many cycles as its entry number.
class Sink : public hw::SpikeSink {
 public:
  void deliver_to_core(int /*core*/, Packet /*packet*/, std::int64_t cycle) override {
    cycles.push_back(cycle);
  }
  void deliver_to_host(Packet /*packet*/, std::int64_t /*cycle*/) override {}
  std::int64_t port_cycles(int /*core*/, Packet packet) override { return packet.entry(); }
  std::vector<std::int64_t> cycles;
};

TEST(Expansion, ABusyPortHoldsUpTheNextPacket) {
  const arch::ChipDescription chip = test::small_chip();
  Sink sink;
  MeshNetwork mesh(chip, sink, 1);
  mesh.begin_tick();
  const std::vector<Emission> packets = {{Packet::to_entries(kHere, 5), 0, 0},
                                         {Packet::to_cores(kHere, 0, 0), 0, 0},
                                         {Packet::to_entries(kHere, 1), 0, 0},
                                         {Packet::to_entries(kHere, 6), 0, 0}};
  mesh.inject_from_core(0, packets);
  mesh.run(hw::SpikeNetwork::kForever);
  // The packets enter at 0, 1, 2, 3. The first leaves at 1 and arrives at 2; its last write is at
  // 7.
  EXPECT_THAT(sink.cycles, ElementsAre(2, 7, 8, 9));
  EXPECT_EQ(mesh.last_event(), 15);
}

}  // namespace
