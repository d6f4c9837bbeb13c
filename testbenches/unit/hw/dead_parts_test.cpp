// SPDX-License-Identifier: Apache-2.0
// Tests dead cores and links in the hardware: what is refused, what gets stuck, and that all else
// arrives.
#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/topology/dead_links.h"
#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/arch/topology/usable_cores.h"
#include "spikeloom/hw/network/router_network.h"
#include "testbenches/unit/hw/blind.h"
#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/random.h"

namespace {

using namespace spikeloom;
using arch::Packet;
using testing::HasSubstr;

// ---- The board

std::vector<std::string> g_reported;

void note(const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
  const std::string id = report.get_msg_type();
  if (id.rfind("/spikeloom/", 0) == 0) {
    g_reported.push_back(id + ": " + report.get_msg());
  } else {
    sc_core::sc_report_handler::default_handler(report, actions);
  }
}

/// A mesh of 3 x 2 whose core (1,0) is dead, and whose host at (0,0) has lost its link downwards.
arch::ChipDescription damaged_chip() {
  arch::ChipDescription chip = test::small_chip();
  chip.defects.cores = {{1, 0}};
  chip.defects.links = {{{0, 0, 0}, {0, 0, 1}}};
  return chip;
}

struct Chip {
  hw::Board board;
  test::Host host;

  Chip(const std::string& name, hw::Timing timing)
      : board(name.c_str(), damaged_chip(), timing, 1), host((name + "_host").c_str(), board) {}

  /// Runs a tick with one packet of the host, and resets the board. Returns its fault.
  std::string fault_of(Packet packet) {
    EXPECT_EQ(host.send({packet}), tlm::TLM_OK_RESPONSE);
    const auto control = [](std::uint64_t offset) {
      return arch::chip_address(arch::ChipRegion::kControl, offset);
    };
    host.write(control(arch::chip_control::kTicksCommitted), {1});
    sc_core::wait(1, sc_core::SC_MS);
    const std::string fault = board.fault();
    host.write(control(arch::chip_control::kReset), {1});
    return fault;
  }
};

struct Bench {
  Chip cycle{"cycle", hw::Timing::kCycle};
  Chip functional{"functional", hw::Timing::kFunctional};
};

Bench* g_bench = nullptr;

Packet to(int x, int y) { return Packet::to_cores({x, y, x, y}, 0, 0); }

TEST(DeadParts, ADeadCoreDoesNotAnswer) {
  test::Host& host = g_bench->cycle.host;
  for (const int core : {0, 1, 2}) {
    const std::uint64_t address = arch::core_address(core, arch::CoreRegion::kThresholds, 0);
    const bool dead = core == 1;
    EXPECT_EQ(host.write(address, {7}),
              dead ? tlm::TLM_ADDRESS_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE);
    test::Access read{tlm::TLM_READ_COMMAND, address, std::vector<std::uint8_t>(8), false,
                      UINT32_MAX};
    EXPECT_EQ(host.debug(host.config, read), dead ? 0U : 8U);
  }
}

TEST(DeadParts, APacketForADeadCoreIsAFault) {
  g_reported.clear();
  const std::string fault = g_bench->cycle.fault_of(to(1, 0));
  EXPECT_THAT(fault, HasSubstr(" at input west of router (1,0) waits for output core, but "
                               "chip0.core_1_0 is dead"));
  EXPECT_THAT(g_reported, testing::ElementsAre("/spikeloom/network: " + fault));
  // Without routers, the core has it.
  g_reported.clear();
  EXPECT_EQ(g_bench->functional.fault_of(to(1, 0)),
            "chip0.core_1_0, which is dead: a packet arrived for group 0, axon 0, which does not "
            "exist");
  EXPECT_EQ(g_reported.size(), 1U);
}

TEST(DeadParts, APacketForADeadLinkIsAFault) {
  g_reported.clear();
  const std::string fault = g_bench->cycle.fault_of(to(0, 1));
  EXPECT_THAT(fault, HasSubstr(" at input host of router (0,0) waits for output south, but link "
                               "(0,0) to (0,1) is dead"));
  EXPECT_THAT(g_reported, testing::ElementsAre("/spikeloom/network: " + fault));
}

TEST(DeadParts, TheRestWorks) {
  // The packet arrives at a core that is not loaded, which says so.
  EXPECT_THAT(g_bench->cycle.fault_of(to(2, 1)),
              testing::StartsWith("chip0.core_2_1: a packet arrived"));
}

// ---- The network

class Recorder : public hw::SpikeSink {
 public:
  void deliver_to_core(int core, Packet packet, std::int64_t cycle) override {
    deliveries.emplace_back(cycle, core, packet.bits());
  }
  void deliver_to_host(Packet packet, std::int64_t cycle) override {
    deliveries.emplace_back(cycle, -1, packet.bits());
  }
  std::vector<std::tuple<std::int64_t, int, std::uint64_t>> sorted() {
    std::sort(deliveries.begin(), deliveries.end());
    return deliveries;
  }
  std::vector<std::tuple<std::int64_t, int, std::uint64_t>> deliveries;
};

arch::ChipDescription random_damage(arch::TopologyKind kind, test::Random& random) {
  arch::ChipDescription chip = test::small_chip();
  chip.topology = kind;
  chip.mesh = {4, 4};
  chip.board = {random.between(1, 2), 1};
  chip.router.fifo_depth = random.between(1, 3);
  chip.host_port.cycles_per_packet = random.between(1, 8);
  const std::vector<arch::Link> links = arch::list_links(chip);
  for (int i = random.between(1, 3); i > 0; --i) {
    const arch::Link& link =
        links[static_cast<std::size_t>(random.between(0, static_cast<int>(links.size()) - 1))];
    chip.defects.links.push_back({link.from, link.to});
  }
  for (int x = random.between(0, 6); x < 4; ++x) {
    chip.defects.cores.push_back({x, random.between(0, 3)});
  }
  return chip;
}

/// Random packets between usable cores, and of the host alone at the end of the tick: each arrives
/// once, over no dead link, in the same cycle whether or not the network is observed.
TEST(DeadParts, WhatUsableCoresSendArrives) {
  int detours = 0;
  for (std::size_t kind = 0; kind < arch::kTopologies; ++kind) {
    test::Random random(kind + 5);
    for (int round = 0; round < 30; ++round) {
      const arch::ChipDescription chip =
          random_damage(static_cast<arch::TopologyKind>(kind), random);
      const arch::UsableCores usable(chip);
      std::vector<int> cores;
      for (int core = 0; core < chip.grid().cores(); ++core) {
        if (usable.usable(core)) cores.push_back(core);
      }
      if (cores.empty()) continue;
      const auto any = [&] {
        return cores[static_cast<std::size_t>(
            random.between(0, static_cast<int>(cores.size()) - 1))];
      };
      std::vector<std::vector<hw::Emission>> emissions(cores.size());
      std::vector<hw::Emission> of_host;
      std::vector<std::pair<int, std::uint64_t>> expected;
      int number = 0;
      const auto packet_to = [&](int core) {
        const Packet packet = Packet::to_cores(
            {chip.grid().x(core), chip.grid().y(core), chip.grid().x(core), chip.grid().y(core)}, 0,
            number++);
        expected.emplace_back(core, packet.bits());
        return packet;
      };
      for (std::vector<hw::Emission>& list : emissions) {
        for (int i = 0; i < 10; ++i) {
          if (random.chance(20)) {
            list.push_back({Packet::to_host(number++), i, 0});
            expected.emplace_back(-1, list.back().packet.bits());
          } else {
            list.push_back({packet_to(any()), i, 0});
          }
        }
      }
      for (int i = 0; i < 40; ++i) of_host.push_back({packet_to(any()), 0, 0});
      const auto run = [&](hw::NetworkObserver* observer) {
        Recorder recorder;
        const auto network = hw::make_router_network(chip, recorder, 1, observer);
        network->begin_tick();
        for (std::size_t i = 0; i < cores.size(); ++i) {
          network->inject_from_core(cores[i], emissions[i]);
        }
        network->inject_from_host(of_host);
        EXPECT_EQ(network->run(hw::SpikeNetwork::kForever), hw::SpikeNetwork::kForever);
        const std::vector<std::uint32_t>& packets = network->link_packets();
        const arch::DeadLinks dead(chip);
        for (std::size_t link = 0; link < packets.size(); ++link) {
          EXPECT_TRUE(packets[link] == 0 || dead.at(link) == arch::DeadLinks::kNone) << link;
        }
        return recorder.sorted();
      };
      const auto deliveries = run(nullptr);
      test::Blind blind;
      ASSERT_EQ(run(&blind), deliveries) << "topology " << kind << ", round " << round;
      std::vector<std::pair<int, std::uint64_t>> found;
      for (const auto& [cycle, core, bits] : deliveries) found.emplace_back(core, bits);
      std::sort(found.begin(), found.end());
      std::sort(expected.begin(), expected.end());
      ASSERT_EQ(found, expected) << "topology " << kind << ", round " << round;
      detours += kind == 2 && usable.cut_off().empty() ? 1 : 0;
    }
  }
  EXPECT_GT(detours, 5);
}

}  // namespace

int sc_main(int, char*[]) {
  sc_core::sc_report_handler::set_handler(note);
  Bench bench;
  g_bench = &bench;
  test::TestThread tests("tests");
  sc_core::sc_start();
  return tests.result();
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
