// SPDX-License-Identifier: Apache-2.0
// Tests how the faults of a chip appear in the report handler of a platform.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/hw/sync/report_ids.h"
#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/hw/timing_example.h"
#include "testbenches/unit/support/chips.h"

namespace {

using namespace spikeloom;
using testing::ElementsAre;
using testing::IsEmpty;

struct Reported {
  std::string id;
  std::string text;
  sc_core::sc_severity severity;

  bool operator==(const Reported& other) const {
    return id == other.id && text == other.text && severity == other.severity;
  }
};

std::vector<Reported> g_reported;

void note(const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
  const std::string id = report.get_msg_type();
  if (id.rfind("/spikeloom/", 0) == 0) {
    g_reported.push_back({id, report.get_msg(), report.get_severity()});
  } else {
    sc_core::sc_report_handler::default_handler(report, actions);
  }
}

arch::ChipDescription ticks_of(int cycles, double clock_hz) {
  arch::ChipDescription chip = test::small_chip();
  chip.clock_hz = clock_hz;
  chip.sync.tick_cycles = cycles;
  return chip;
}

struct Chip {
  hw::Board board;
  test::Host host;

  Chip(const std::string& name, const arch::ChipDescription& description)
      : board(name.c_str(), description, hw::Timing::kCycle, 1),
        host((name + "_host").c_str(), board) {}

  void commit(std::uint64_t ticks) {
    EXPECT_EQ(host.write(arch::chip_address(arch::ChipRegion::kControl,
                                            arch::chip_control::kTicksCommitted),
                         {ticks}),
              tlm::TLM_OK_RESPONSE);
  }

  void reset() {
    host.write(arch::chip_address(arch::ChipRegion::kControl, arch::chip_control::kReset), {1});
  }
};

struct Bench {
  Chip plain{"plain", test::small_chip()};
  Chip fixed{"fixed", ticks_of(4, 252e6)};
  Chip slow{"slow", ticks_of(600'000'000, 1e3)};
};

Bench* g_bench = nullptr;

/// Returns the reports since the last call.
std::vector<Reported> reported() { return std::exchange(g_reported, {}); }

TEST(Reports, AFaultOfACoreIsReportedOnce) {
  Chip& chip = g_bench->plain;
  const std::string text =
      "chip0.core_2_1: a packet arrived for group 3, axon 4, which does not exist";
  const Reported expected{"/spikeloom/core", text, sc_core::SC_WARNING};
  const arch::Packet packet = arch::Packet::to_cores({2, 1, 2, 1}, 3, 4);
  // The fault is reported again after a reset, which makes the chip as new.
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(chip.host.send({packet, packet}), tlm::TLM_OK_RESPONSE);
    EXPECT_THAT(reported(), IsEmpty());
    chip.commit(3);
    sc_core::wait(1, sc_core::SC_MS);
    EXPECT_THAT(reported(), ElementsAre(expected));
    EXPECT_EQ(chip.board.fault(), text);
    chip.reset();
    EXPECT_EQ(chip.board.fault(), "");
  }
  // A refused access only has its response and is not reported.
  EXPECT_EQ(chip.host.write(0xff00000000000000, {0}), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_THAT(reported(), IsEmpty());
}

TEST(Reports, ATickThatIsTooShort) {
  Chip& chip = g_bench->fixed;
  test::load_timing_example(chip.host, chip.board.description().core);
  chip.commit(3);
  sc_core::wait(1, sc_core::SC_MS);
  EXPECT_THAT(reported(),
              ElementsAre(Reported{"/spikeloom/tick", chip.board.fault(), sc_core::SC_WARNING}));
  EXPECT_THAT(chip.board.fault(), testing::StartsWith("tick 0 (4 cycles): chip0.core_0_0 has"));
}

TEST(Reports, ATickBeyondTheEndOfTime) {
  Chip& chip = g_bench->slow;
  chip.commit(20);
  sc_core::wait(9.3e6, sc_core::SC_SEC);
  EXPECT_THAT(reported(),
              ElementsAre(Reported{"/spikeloom/time", chip.board.fault(), sc_core::SC_WARNING}));
}

TEST(Reports, CanBeSilenced) {
  for (const char* id : hw::report_id::kIds) {
    hw::silence_fault_reports();
    // The handler is still called, but without actions.
    sc_core::sc_report_handler::set_handler(
        [](const sc_core::sc_report&, const sc_core::sc_actions& actions) {
          EXPECT_EQ(actions, sc_core::SC_DO_NOTHING);
        });
    SC_REPORT_WARNING(id, "nothing");
  }
  EXPECT_THAT(reported(), IsEmpty());
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
