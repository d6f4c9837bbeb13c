// SPDX-License-Identifier: Apache-2.0
// Tests a platform whose SystemC time resolution is too coarse.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/support/chips.h"

namespace {

using namespace spikeloom;

TEST(Resolution, CoarserThanAPicosecondIsAnErrorAtConstruction) {
  try {
    const hw::Board board("board", test::small_chip(), hw::Timing::kCycle, 1);
    FAIL() << "a board was made";
  } catch (const sc_core::sc_report& report) {
    EXPECT_EQ(report.get_severity(), sc_core::SC_ERROR);
    EXPECT_STREQ(report.get_msg_type(), "/spikeloom/time");
    EXPECT_STREQ(report.get_msg(), "SystemC's time resolution is 10 ps, allowed 1 ps or finer");
  }
}

}  // namespace

int sc_main(int, char*[]) {
  sc_core::sc_set_time_resolution(10, sc_core::SC_PS);
  return RUN_ALL_TESTS();
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
