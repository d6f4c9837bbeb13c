// SPDX-License-Identifier: Apache-2.0
// Tests tables of text and the drawing of a crossbar.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/inspect/crossbar_view.h"
#include "spikeloom/arch/address_map.h"
#include "spikeloom/base/text_table.h"
#include "spikeloom/mapper/verify/core_readback.h"
#include "testbenches/unit/support/chips.h"

namespace spikeloom::cli {
namespace {

using ::testing::ElementsAre;

TEST(TextTable, IsAsWideAsItsCells) {
  base::TextTable table({"name", "kind", "count"}, 2);
  table.add({"a", "long one", "7"});
  table.add({"bcdef", "x", "1234567"});
  EXPECT_EQ(table.text(),
            "name  kind       count\n"
            "a     long one       7\n"
            "bcdef x        1234567\n");
}

TEST(TextTable, CutsTheFirstColumnAtEightyCharacters) {
  base::TextTable table({"name", "count"});
  table.add({std::string(100, 'n'), "12345"});
  EXPECT_EQ(table.text(),
            "name" + std::string(71, ' ') + "count\n" + std::string(72, 'n') + ".. 12345\n");
}

TEST(TextTable, CutsANoteWhereThereIsOne) {
  base::TextTable table({"name", "count", "note"}, 1, true);
  table.add({std::string(50, 'n'), "12345", std::string(100, 'x')});
  table.add({"m", "1", ""});
  EXPECT_EQ(table.text(), "name" + std::string(47, ' ') + "count note\n" + std::string(50, 'n') +
                              " 12345 " + std::string(21, 'x') + "..\nm" + std::string(54, ' ') +
                              "1\n");
}

TEST(LineLimit, SaysWhatItLeavesOut) {
  EXPECT_EQ(LineLimit(3).shown(5), 3U);
  EXPECT_EQ(LineLimit(3).rest(5, "cores"), "... and 2 more cores (--limit 0 shows all)\n");
  EXPECT_EQ(LineLimit(5).rest(5, "cores"), "");
  EXPECT_EQ(LineLimit(0).shown(5), 5U);
}

TEST(CrossbarView, ReadsAGroup) {
  arch::ChipDescription chip = test::chip_of_small_cores();
  mapper::CoreReadback core(chip.core);
  const auto write = [&](arch::CoreRegion region, std::uint64_t offset, std::uint8_t byte) {
    core.write({0, 0, static_cast<int>(region), offset}, {byte, 0, 0, 0, 0, 0, 0, 0}, chip.bus,
               [](const std::string& what) { FAIL() << what; });
  };
  // Row 1 has +1 at dendrites 2 and 5 and -1 at 3; row 2 has both bits set at 2.
  write(arch::CoreRegion::kPlusPlane, 8, 0b100100);
  write(arch::CoreRegion::kMinusPlane, 8, 0b001000);
  write(arch::CoreRegion::kPlusPlane, 16, 0b000100);
  write(arch::CoreRegion::kMinusPlane, 16, 0b000100);
  EXPECT_EQ(core.synapses(), 5U);
  EXPECT_THAT(crossbar_rows(core, {2, 4, 3}), ElementsAre("....", "+-.+", "#..."));
}

TEST(CrossbarView, JoinsEqualRowsAndNumbersDendrites) {
  EXPECT_EQ(crossbar_text({"+-...", "+-...", ".....", "+-..."}, {8, 5, 4}, LineLimit(2)),
            "axons         8 10\n"
            "0..1          +-...\n"
            "2             .....\n"
            "... and 1 more rows (--limit 0 shows all)\n");
}

TEST(CrossbarView, DrawsStripsOfSixtyFour) {
  const std::string row = std::string(63, '.') + "+-";
  EXPECT_EQ(crossbar_text({row}, {95, 65, 1}, LineLimit(0)),
            "axons         95   100       110       120       130       140       150\n"
            "0             " +
                row.substr(0, 64) +
                "\n"
                "axons         159\n"
                "0             -\n");
}

}  // namespace
}  // namespace spikeloom::cli
