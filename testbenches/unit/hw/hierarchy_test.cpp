// SPDX-License-Identifier: Apache-2.0
// Tests the SystemC object hierarchy of a board as the tools of a platform see it.
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/names.h"
#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/support/chips.h"

namespace {

using namespace spikeloom;

arch::ChipDescription description() {
  arch::ChipDescription chip = test::small_chip();
  chip.board = {2, 1};
  return chip;
}

/// Collects the kinds of all objects by name.
void collect(const std::vector<sc_core::sc_object*>& objects,
             std::map<std::string, std::string>& kinds) {
  for (const sc_core::sc_object* object : objects) {
    EXPECT_TRUE(kinds.emplace(object->name(), object->kind()).second) << object->name();
    collect(object->get_child_objects(), kinds);
  }
}

TEST(Hierarchy, ModulesAreThereByTheirNames) {
  const arch::ChipDescription chip = description();
  std::map<std::string, std::string> kinds;
  collect(sc_core::sc_get_top_level_objects(), kinds);
  std::map<std::string, std::string> expected = {{"board", "spikeloom::Board"},
                                                 {"board.bus", "spikeloom::ConfigBus"},
                                                 {"board.barrier", "spikeloom::TickBarrier"},
                                                 {"board.fabric", "spikeloom::Fabric"},
                                                 {"board.host_port", "spikeloom::HostPort"},
                                                 {"board.chip0", "spikeloom::Chip"},
                                                 {"board.chip1", "spikeloom::Chip"}};
  for (int core = 0; core < chip.grid().cores(); ++core) {
    expected["board." + arch::core_name(chip, core)] = "spikeloom::Core";
  }
  std::map<std::string, std::string> found;
  for (const auto& [name, kind] : kinds) {
    if (kind.rfind("spikeloom::", 0) == 0) found.emplace(name, kind);
    // SystemC renamed no object to make its name unique.
    EXPECT_EQ(name.find("_0_0_0"), std::string::npos) << name;
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(kinds.at("board.chip1.core_5_1"), "spikeloom::Core");
  EXPECT_EQ(kinds.at("board.chip1.core_5_1.registers"), "tlm_target_socket");
  EXPECT_EQ(kinds.at("board.config"), "tlm_target_socket");
  EXPECT_EQ(kinds.at("board.spikes"), "tlm_target_socket");
  EXPECT_EQ(kinds.at("board.reset"), "sc_in");
  EXPECT_EQ(kinds.at("board.interrupt"), "sc_out");
}

}  // namespace

int sc_main(int, char*[]) {
  hw::Board board("board", description(), hw::Timing::kCycle, 1);
  test::Host host("host", board);
  test::TestThread tests("tests");
  sc_core::sc_start();
  return tests.result();
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
