// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/hw/energy/area_model.h"
#include "spikeloom/hw/energy/core_memories.h"
#include "spikeloom/hw/energy/energy_model.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/temporary_file.h"

namespace {

using namespace spikeloom;
using hw::CoreMemories;
using hw::EnergyDescription;
using hw::EnergyModel;
using hw::Event;
using hw::MemoryArray;
using hw::MemoryDescription;
using hw::MemoryKind;
using hw::MemoryModel;
using hw::MemorySize;
using testing::HasSubstr;
using testing::Not;

/// Round numbers; a flip-flop so large that nothing is a register file.
MemoryDescription round_numbers() {
  const auto value = [](double number) {
    return hw::Coefficient{number, hw::Provenance::kEstimated, "for the test"};
  };
  MemoryDescription memory;
  memory.cell_area = value(4.0);
  memory.cell_aspect = value(1.0);
  memory.peripheral_rows = value(50.0);
  memory.peripheral_columns = value(20.0);
  memory.port_area = value(0.5);
  memory.fixed = value(1e-12);
  memory.bit = value(100e-15);
  memory.written_bit = value(200e-15);
  memory.column = value(10e-15);
  memory.cell = value(1e-15);
  memory.wire = value(100e-15);
  memory.register_cell = value(2e-15);
  memory.config_bus = value(64e-12);
  memory.cell_leakage = value(1e-10);
  memory.max_rows = value(512.0);
  memory.max_columns = value(512.0);
  return memory;
}

constexpr double kNoRegisters = 1e9;

MemoryModel sram(std::int64_t words, std::int64_t bits, int ports = 1) {
  return MemoryModel(round_numbers(), kNoRegisters, {words, bits, ports});
}

MemoryArray array(std::int64_t words, std::int64_t bits) {
  return hw::memory_array(round_numbers(), {words, bits});
}

std::string shipped(const std::string& technology) {
  return SPIKELOOM_SOURCE_DIR "/configs/energy/" + technology + ".yaml";
}

/// Loads the shipped 28 nm file with one passage replaced, and returns the message.
std::string error(const std::string& passage, const std::string& replacement) {
  std::ifstream file(shipped("28nm"));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::size_t at = text.find(passage);
  EXPECT_NE(at, std::string::npos) << passage;
  text.replace(at, passage.size(), replacement);
  const test::TemporaryFile changed(text);
  try {
    hw::load_energy(changed.path());
  } catch (const base::UserError& problem) {
    return problem.what();
  }
  return "no error";
}

TEST(MemoryArrayTest, RowsAreFilledBeforeBanks) {
  const auto expect = [](const MemoryArray& got, std::int64_t rows, std::int64_t columns,
                         std::int64_t banks) {
    EXPECT_EQ(got.rows, rows);
    EXPECT_EQ(got.columns, columns);
    EXPECT_EQ(got.banks, banks);
  };
  expect(array(512, 64), 512, 64, 1);
  expect(array(513, 64), 257, 128, 1);
  expect(array(2048, 64), 512, 256, 1);
  expect(array(4097, 64), 513, 512, 2);
  expect(array(2304, 512), 2304, 512, 5);
  expect(array(100, 2000), 100, 2000, 1);
}

TEST(MemoryModelTest, FollowsItsFormula) {
  const MemoryModel memory = sram(2048, 64);  // 512 rows x 256 columns
  const double array = 256 * (10e-15 + 512 * 1e-15);
  EXPECT_NEAR(memory.read(), 1e-12 + 64 * 100e-15 + array, 1e-24);
  EXPECT_NEAR(memory.write(64), 1e-12 + 64 * 300e-15 + array, 1e-24);
  EXPECT_NEAR(memory.write(1), 1e-12 + 300e-15 + array, 1e-24);
  EXPECT_NEAR(memory.area(), 4.0 * (512 + 50) * (256 + 20), 1e-6);
  EXPECT_NEAR(memory.leakage(), 2048 * 64 * 1e-10, 1e-18);
  EXPECT_FALSE(memory.is_register_file());
}

TEST(MemoryModelTest, BanksAddPeripheryAndWires) {
  const MemoryModel one = sram(512, 512);
  const MemoryModel five = sram(2304, 512);
  // A bank is 562 rows of 2 um high; the mean way is two banks.
  const double wire = 512 * 100e-15 * 562 * 2e-3 * 2;
  EXPECT_NEAR(five.read() - one.read(), wire, 1e-24);
  EXPECT_NEAR(five.write(512) - one.write(512), wire, 1e-24);
  EXPECT_NEAR(five.area(), 4.0 * (2304 + 5 * 50) * (512 + 20), 1e-6);
}

TEST(MemoryModelTest, HalfTheRowsSaveHalfTheCells) {
  for (const std::int64_t words : {16, 128, 512}) {
    const MemoryModel whole = sram(words, 256);
    const MemoryModel half = sram(words / 2, 256);
    const auto rows = static_cast<double>(words) / 2;
    EXPECT_NEAR(whole.read() - half.read(), 256 * rows * 1e-15, 1e-24);
    EXPECT_NEAR(whole.area() - half.area(), 4.0 * rows * (256 + 20), 1e-6);
    EXPECT_NEAR(whole.leakage(), 2 * half.leakage(), 1e-18);
  }
}

TEST(MemoryModelTest, GrowsWithWordsAndBits) {
  const auto larger = [](const MemoryModel& a, const MemoryModel& b, const std::string& what) {
    EXPECT_GE(a.read(), b.read()) << what;
    EXPECT_GE(a.write(1), b.write(1)) << what;
    EXPECT_GT(a.area(), b.area()) << what;
    EXPECT_GT(a.leakage(), b.leakage()) << what;
  };
  for (std::int64_t words = 1; words < 3000; words += 1 + words / 5) {
    for (const std::int64_t bits : {8, 64, 200, 512}) {
      const std::string what = std::to_string(words) + " x " + std::to_string(bits);
      larger(sram(2 * words, bits), sram(words, bits), what);
      larger(sram(words, 2 * bits), sram(words, bits), what);
    }
  }
}

TEST(MemoryModelTest, PortsEnlargeCellsAndTheirLines) {
  const MemoryModel one = sram(256, 64);
  const MemoryModel two = sram(256, 64, 2);
  EXPECT_NEAR(two.area(), 1.5 * one.area(), 1e-6);
  EXPECT_NEAR(two.leakage(), 1.5 * one.leakage(), 1e-18);
  const double lines = 64 * (10e-15 + 256 * 1e-15);
  EXPECT_NEAR(two.read() - one.read(), (std::sqrt(1.5) - 1.0) * lines, 1e-24);
}

TEST(MemoryModelTest, RegistersWhereTheyAreSmaller) {
  // 4 words: 54 x 36 cells of 4 um2 against 64 flip-flops of 40 um2.
  const MemoryModel small(round_numbers(), 40.0, {4, 16});
  EXPECT_TRUE(small.is_register_file());
  EXPECT_DOUBLE_EQ(small.area(), 4 * 16 * 40.0);
  EXPECT_NEAR(small.read(), 16 * 4 * 2e-15, 1e-24);
  EXPECT_NEAR(small.write(1), 4 * 2e-15, 1e-24);
  EXPECT_NEAR(small.leakage(), 4 * 16 * 40.0 / 4.0 * 1e-10, 1e-18);
  EXPECT_FALSE(MemoryModel(round_numbers(), 40.0, {64, 16}).is_register_file());
  const MemoryModel none(round_numbers(), 40.0, {0, 16});
  EXPECT_EQ(none.read() + none.write(1) + none.area() + none.leakage(), 0.0);
}

/// What scripts/fit-memory fitted, moved back to the cell and voltage of published memories that it
/// did not fit (configs/energy/memory-macros.csv).
TEST(MemoryModelTest, PredictsPublishedMemories) {
  struct Case {
    double cell_um2;
    double voltage;
    MemorySize size;
    double words_per_row;
    double read_pj;
    double um2;
    double tolerance;
  };
  for (const Case& memory : {Case{3.19, 1.2, {256, 64}, 4, 49.634, 93180.5, 0.16},
                             Case{3.19, 1.2, {2048, 64}, 4, 122.394, 491633.6, 0.06},
                             Case{3.19, 1.2, {8192, 32}, 16, 230.353, 939914.9, 0.04},
                             Case{0.152, 0.775, {256, 410}, 1, 19.27, 0.0, 0.15}}) {
    for (const std::string technology : {"65nm", "28nm"}) {
      MemoryDescription description = *hw::load_energy(shipped(technology)).memory;
      const double scale = std::sqrt(memory.cell_um2 / description.cell_area.value) *
                           std::pow(memory.voltage / 0.9, 2);
      description.cell_area.value = memory.cell_um2;
      // As many words to a row as the macro has.
      description.max_rows.value = static_cast<double>(memory.size.words) / memory.words_per_row;
      const MemoryModel model(description, kNoRegisters, memory.size);
      EXPECT_NEAR(model.read() * scale * 1e12 / memory.read_pj, 1.0, memory.tolerance);
      if (memory.um2 > 0.0) {
        EXPECT_NEAR(model.area() / memory.um2, 1.0, memory.tolerance);
      }
    }
  }
}

TEST(CoreMemoriesTest, SizesAreTheCores) {
  arch::CoreDescription core = test::chip_file("reference").core;
  const auto size = [&core](MemoryKind memory) {
    const MemorySize found = hw::memory_size(memory, core);
    return std::vector<std::int64_t>{found.words, found.bits, hw::memory_count(memory)};
  };
  using testing::ElementsAre;
  EXPECT_THAT(size(MemoryKind::kCrossbar), ElementsAre(2304, 512, 1));
  EXPECT_THAT(size(MemoryKind::kAxonBitmap), ElementsAre(1152, 64, 2));
  EXPECT_THAT(size(MemoryKind::kExpansion), ElementsAre(0, 18, 1));
  EXPECT_THAT(size(MemoryKind::kGroups), ElementsAre(64, 64, 1));
  EXPECT_THAT(size(MemoryKind::kNeurons), ElementsAre(512, 128, 1));
  EXPECT_THAT(size(MemoryKind::kGather), ElementsAre(512, 16, 1));
  EXPECT_THAT(size(MemoryKind::kThresholds), ElementsAre(512, 128, 1));
  EXPECT_THAT(size(MemoryKind::kRoutes), ElementsAre(2048, 64, 1));
  core.rows = arch::CrossbarRows::kDendrites;
  EXPECT_THAT(size(MemoryKind::kCrossbar), ElementsAre(512 * 5, 512, 1));
  core = test::chip_file("nc64").core;
  EXPECT_THAT(size(MemoryKind::kCrossbar), ElementsAre(4096, 256, 1));
  EXPECT_THAT(size(MemoryKind::kNeurons), ElementsAre(512, 128, 1));
}

/// A chip in a technology whose memories are modelled.
class ModelledChip : public testing::Test {
 protected:
  double pj(Event event) const { return EnergyModel(technology_, chip_).joule(event) * 1e12; }
  double core_milliwatt() const {
    return EnergyModel(technology_, chip_).joule(hw::StaticTerm::kCoreLeakage) * chip_.clock_hz *
           1e3;
  }

  EnergyDescription technology_ = hw::load_energy(shipped("28nm"));
  arch::ChipDescription chip_ = test::chip_file("reference");
};

TEST_F(ModelledChip, EventsAreAccessesToItsMemories) {
  const CoreMemories memories(*technology_.memory, 1.9, chip_.core);
  const MemoryModel& bitmap = memories[MemoryKind::kAxonBitmap];
  const MemoryModel& routes = memories[MemoryKind::kRoutes];
  EXPECT_DOUBLE_EQ(pj(Event::kRowWordRead), memories[MemoryKind::kCrossbar].read() * 1e12);
  EXPECT_DOUBLE_EQ(pj(Event::kAxonWrite), bitmap.write(1) * 1e12);
  EXPECT_DOUBLE_EQ(pj(Event::kScanWord), bitmap.read() * 1e12);
  EXPECT_DOUBLE_EQ(pj(Event::kRouteRead), routes.read() * 1e12);
  EXPECT_NEAR(pj(Event::kConfigWrite), 64.0 + routes.write(64) * 1e12, 1e-9);
  EXPECT_NEAR(pj(Event::kConfigRead), 64.0 + routes.read() * 1e12, 1e-9);
  EXPECT_EQ(pj(Event::kExpansionWrite), 0.0);
  chip_.core.expansion.entries = 1024;
  const CoreMemories more(*technology_.memory, 1.9, chip_.core);
  EXPECT_GT(pj(Event::kExpansionWrite), 0.0);
  EXPECT_DOUBLE_EQ(pj(Event::kExpansionWrite), more[MemoryKind::kExpansion].read() * 1e12);
  chip_.voltage_v = 0.45;
  EXPECT_NEAR(pj(Event::kScanWord), bitmap.read() * 1e12 / 4, 1e-9);
}

TEST_F(ModelledChip, ALargerCoreCostsMoreForTheSameWord) {
  const double word = pj(Event::kRowWordRead);
  const double leakage = core_milliwatt();
  const double area = hw::AreaModel(technology_, chip_).core();
  chip_.core.axons *= 2;
  // 2 x 1,152 rows in five banks become nine: two more to cross on the way.
  const MemoryDescription& memory = *technology_.memory;
  const double bank_mm = (512 + 59.4) * std::sqrt(0.152 / 2.5) * 1e-3;
  EXPECT_NEAR(pj(Event::kRowWordRead) - word, 512 * memory.wire.value * 1e12 * 2 * bank_mm, 1e-9);
  EXPECT_GT(core_milliwatt(), 1.5 * leakage);
  EXPECT_GT(hw::AreaModel(technology_, chip_).core(), 1.5 * area);
}

TEST_F(ModelledChip, LeakageIsOfCellsAndOfTheRestByItsArea) {
  const CoreMemories memories(*technology_.memory, 1.9, chip_.core);
  // Planes, bitmaps, groups, neurons, gather list, thresholds, routes.
  const double cells =
      2 * 1152 * 512 + 2 * 1152 * 64 + 64 * 64 + 512 * (128 + 16 + 128) + 2048 * 64;
  EXPECT_NEAR(memories.leakage(), cells * 0.067e-9, 1e-12);
  const hw::AreaModel area(technology_, chip_);
  double rest = area.part(hw::AreaPart::kLogic) + area.part(hw::AreaPart::kAccumulators) +
                area.part(hw::AreaPart::kAdders) + area.part(hw::AreaPart::kRouterFifos) +
                area.part(hw::AreaPart::kRouterCrossbars);
  rest *= 1e6 / 1024;
  EXPECT_NEAR(core_milliwatt(), (cells + rest / 0.152) * 0.067e-6, 1e-9);
}

TEST_F(ModelledChip, AreaIsOfEachMemory) {
  const CoreMemories memories(*technology_.memory, 1.9, chip_.core);
  const hw::AreaModel area(technology_, chip_);
  EXPECT_NEAR(area.part(hw::AreaPart::kCrossbars),
              0.152 * (2304 + 5 * 59.4) * (512 + 17.1) * 1024 * 1e-6, 1e-9);
  EXPECT_NEAR(area.part(hw::AreaPart::kAxonBuffers),
              2 * 0.152 * (288 + 59.4) * (256 + 17.1) * 1024 * 1e-6, 1e-9);
  EXPECT_NEAR(area.part(hw::AreaPart::kTables),
              (memories.area(MemoryKind::kGroups) + memories.area(MemoryKind::kNeurons) +
               memories.area(MemoryKind::kGather) + memories.area(MemoryKind::kThresholds)) *
                  1024 * 1e-6,
              1e-9);
}

TEST_F(ModelledChip, ANumberTakesThePlaceOfTheModel) {
  EXPECT_EQ(technology_.events[static_cast<std::size_t>(Event::kRowWordRead)].energy.provenance,
            hw::Provenance::kModelled);
  const std::string path = shipped("28nm");
  technology_ = hw::load_energy(path, {{"events.row_word_read.energy", "7 pJ"}});
  EXPECT_DOUBLE_EQ(pj(Event::kRowWordRead), 7.0) << "for the chip's own width";
  EXPECT_EQ(technology_.events[static_cast<std::size_t>(Event::kRowWordRead)].energy.provenance,
            hw::Provenance::kEstimated);
  technology_ = hw::load_energy(
      path, {{"events.row_word_read.energy", "7 pJ"}, {"events.row_word_read.bits", "256"}});
  EXPECT_DOUBLE_EQ(pj(Event::kRowWordRead), 14.0);
  technology_ =
      hw::load_energy(path, {{"static.core_leakage.power", "3 mW"}, {"area.sram_bit.um2", "0.5"}});
  EXPECT_NEAR(core_milliwatt(), 3.0, 1e-12);
  EXPECT_NEAR(hw::AreaModel(technology_, chip_).part(hw::AreaPart::kCrossbars),
              0.5 * 2 * 1152 * 512 * 1024 * 1e-6, 1e-9);
}

TEST(MemoryFileTest, EitherANumberOrTheModel) {
  const std::string row = "  row_word_read:\n    status: modelled\n";
  const std::string both = error(row,
                                 "  row_word_read:\n    energy: 7 pJ\n    bits: 512\n"
                                 "    status: modelled\n");
  EXPECT_THAT(both, HasSubstr("energy.events.row_word_read.energy: given beside status: modelled, "
                              "allowed: either"));
  EXPECT_THAT(both, Not(HasSubstr("unknown key")));
  EXPECT_EQ(error(row,
                  "  row_word_read:\n    energy: 7 pJ\n    bits: 512\n"
                  "    status: estimated\n"),
            "no error");
  EXPECT_THAT(error(row, "  row_word_read:\n    energy: 7 pJ\n    status: estimated\n"),
              HasSubstr("energy.events.row_word_read.bits: missing"));
  EXPECT_THAT(error(row, "  row_word_read:\n    status: guessed\n"),
              HasSubstr("got guessed, allowed published, derived, calibrated, synthesized, "
                        "estimated, modelled"));
  EXPECT_THAT(error("  core_leakage:\n", "  core_leakage:\n    power: 1 mW\n"),
              HasSubstr("energy.static.core_leakage.power: given beside status: modelled"));
  EXPECT_THAT(error("  sram_bit:\n", "  sram_bit:\n    um2: 1\n"),
              HasSubstr("energy.area.sram_bit.um2: given beside status: modelled"));
}

TEST(MemoryFileTest, OnlyMemoriesAreModelled) {
  EXPECT_THAT(error("  gather:\n    energy: 0.031 pJ\n    bits: 16\n    status: derived",
                    "  gather:\n    energy: 0.031 pJ\n    bits: 16\n    status: modelled"),
              HasSubstr("energy.events.gather.status: got modelled, allowed published, derived, "
                        "calibrated, synthesized, estimated"));
}

TEST(MemoryFileTest, TheModelNeedsItsSection) {
  const std::string none = error("memory:  #", "memories:  #");
  EXPECT_THAT(none, HasSubstr("energy.memory.cell_area.um2: missing, and there is no default"));
  EXPECT_THAT(none, HasSubstr("energy.memory.max_columns.columns: missing"));
  EXPECT_THAT(error("    um2: 0.152\n", "    um2: 0\n"),
              HasSubstr("energy.memory.cell_area.um2: got 0, allowed 0.0001..1000"));
}

}  // namespace
