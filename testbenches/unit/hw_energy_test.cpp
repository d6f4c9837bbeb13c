// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "common/error.h"
#include "hw/energy/energy_model.h"
#include "testbenches/unit/chips.h"
#include "testbenches/unit/hw_core_program.h"

namespace {

using namespace spikeloom;
using common::Override;
using hw::Component;
using hw::EnergyByComponent;
using hw::EnergyDescription;
using hw::EnergyModel;
using hw::Event;
using hw::EventCounts;
using hw::kComponents;
using hw::kEvents;
using hw::kStaticTerms;
using hw::StaticTerm;
using testing::HasSubstr;

constexpr double kPico = 1e-12;

/// An energy file whose event i costs i + 1 pJ; `without` is left out.
class EnergyFile {
 public:
  explicit EnergyFile(const std::string& without = "") {
    path_ = (std::filesystem::temp_directory_path() /
             ("spikeloom_energy_test_" + std::to_string(::getpid()) + ".yaml"))
                .string();
    std::ofstream file(path_);
    const auto source = "    status: derived\n    source: \"for the test\"\n";
    file << "name: test\ntechnology: 65 nm\nreference_voltage: 0.9 V\n"
         << "leakage_voltage_exponent:\n    value: 3\n"
         << source << "events:\n";
    for (std::size_t i = 0; i < kEvents; ++i) {
      if (hw::kEventInfo[i].name == without) continue;
      file << "  " << hw::kEventInfo[i].name << ":\n    energy: " << i + 1 << " pJ\n" << source;
    }
    file << "static:\n";
    for (std::size_t i = 0; i < kStaticTerms; ++i) {
      if (hw::kStaticInfo[i].name == without) continue;
      file << "  " << hw::kStaticInfo[i].name << ":\n"
           << (hw::kStaticInfo[i].clocked ? "    energy_per_cycle: " : "    power: ") << i + 1
           << (hw::kStaticInfo[i].clocked ? " pJ\n" : " mW\n") << source;
    }
  }
  ~EnergyFile() { std::remove(path_.c_str()); }
  EnergyFile(const EnergyFile&) = delete;
  EnergyFile& operator=(const EnergyFile&) = delete;

  EnergyDescription load(const std::vector<Override>& overrides = {}) const {
    return hw::load_energy(path_, overrides);
  }
  std::string error(const std::vector<Override>& overrides = {}) const {
    try {
      load(overrides);
    } catch (const common::UserError& error) {
      return error.what();
    }
    return "no error";
  }

 private:
  std::string path_;
};

common::ChipDescription chip_at(double voltage_v, double clock_hz) {
  common::ChipDescription chip = test::small_chip();
  chip.voltage_v = voltage_v;
  chip.clock_hz = clock_hz;
  return chip;
}

TEST(EnergyFileTest, IsRead) {
  const EnergyDescription energy = EnergyFile().load();
  EXPECT_EQ(energy.name, "test");
  EXPECT_EQ(energy.technology, "65 nm");
  EXPECT_DOUBLE_EQ(energy.reference_voltage_v, 0.9);
  EXPECT_DOUBLE_EQ(energy.leakage_voltage_exponent.value, 3.0);
  for (std::size_t i = 0; i < kEvents; ++i) {
    EXPECT_DOUBLE_EQ(energy.events[i].value, static_cast<double>(i + 1) * kPico);
    EXPECT_EQ(energy.events[i].provenance, hw::Provenance::kDerived);
    EXPECT_EQ(energy.events[i].source, "for the test");
  }
  EXPECT_DOUBLE_EQ(energy.statics[0].value, 1e-12);
  EXPECT_DOUBLE_EQ(energy.statics[1].value, 2e-3);
}

TEST(EnergyFileTest, EachCoefficientMustBeThere) {
  for (const auto& event : hw::kEventInfo) {
    const std::string name = "energy.events." + std::string(event.name);
    const std::string error = EnergyFile(std::string(event.name)).error();
    for (const char* part : {".energy", ".status", ".source"}) {
      EXPECT_THAT(error, HasSubstr(name + part + ": missing, and there is no default"));
    }
  }
  for (const auto& term : hw::kStaticInfo) {
    EXPECT_THAT(EnergyFile(std::string(term.name)).error(),
                HasSubstr("energy.static." + std::string(term.name) +
                          (term.clocked ? ".energy_per_cycle" : ".power") +
                          ": missing, and there is no default"));
  }
}

TEST(EnergyFileTest, UnitsAndSources) {
  const EnergyFile file;
  EXPECT_EQ(file.error(), "no error");
  EXPECT_THAT(file.error({{"events.gather.energy", "5"}}),
              HasSubstr("energy.events.gather.energy: got 5, allowed 0 J to 1 kJ (a number and "
                        "its unit, J)"));
  EXPECT_THAT(file.error({{"events.gather.energy", "5 pW"}}), HasSubstr("got 5 pW, allowed"));
  EXPECT_THAT(file.error({{"events.gather.energy", "-5 pJ"}}), HasSubstr("got -5 pJ, allowed"));
  EXPECT_THAT(file.error({{"static.chip_leakage.power", "5 pJ"}}), HasSubstr("got 5 pJ, allowed"));
  EXPECT_THAT(file.error({{"static.chip_clock.power", "5 mW"}}),
              HasSubstr("energy.static.chip_clock.power: unknown key, allowed here: "
                        "energy_per_cycle, source, status"));
  EXPECT_THAT(file.error({{"events.gather.status", "guessed"}}),
              HasSubstr("got guessed, allowed published, derived, calibrated, estimated"));
  EXPECT_THAT(file.error({{"events.gather.source", ""}}),
              HasSubstr("energy.events.gather.source: is empty"));
  EXPECT_THAT(file.error({{"leakage_voltage_exponent.value", "11"}}),
              HasSubstr("energy.leakage_voltage_exponent.value: got 11, allowed 0..10"));
}

TEST(EnergyModelTest, EventsTimesCoefficients) {
  const EnergyModel model(EnergyFile().load(), chip_at(0.9, 1e8));
  for (std::size_t i = 0; i < kEvents; ++i) {
    EventCounts counts;
    counts[static_cast<Event>(i)] = 1000;
    const EnergyByComponent energy = model.dynamic(counts);
    for (std::size_t c = 0; c < kComponents; ++c) {
      const auto component = static_cast<Component>(c);
      const double expected = component == hw::kEventInfo[i].component
                                  ? static_cast<double>(i + 1) * 1000 * kPico
                                  : 0.0;
      EXPECT_DOUBLE_EQ(energy[component], expected) << hw::kEventInfo[i].name;
    }
  }
}

TEST(EnergyModelTest, EveryEventHasAComponentAndANameOfItsOwn) {
  for (std::size_t i = 0; i < kEvents; ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(hw::kEventInfo[i].name, hw::kEventInfo[j].name);
    EXPECT_FALSE(hw::kEventInfo[i].name.empty());
  }
  for (const std::string_view name : hw::kComponentNames) EXPECT_FALSE(name.empty());
}

TEST(EnergyModelTest, ThePartsAddUp) {
  const EnergyModel model(EnergyFile().load(), chip_at(0.9, 1e8));
  EventCounts counts, more;
  double expected = 0.0;
  for (std::size_t i = 0; i < kEvents; ++i) {
    counts[static_cast<Event>(i)] = 10 * i + 3;
    more[static_cast<Event>(i)] = i;
    expected += static_cast<double>((i + 1) * (11 * i + 3)) * kPico;
  }
  counts += more;
  EnergyByComponent sum = model.dynamic(counts);
  EXPECT_NEAR(sum.total(), expected, 1e-9 * expected);
  double parts = 0.0;
  for (std::size_t c = 0; c < kComponents; ++c) parts += sum[static_cast<Component>(c)];
  EXPECT_DOUBLE_EQ(sum.total(), parts);
  const EnergyByComponent chip = model.chips(1, 100.0);
  const double before = sum.total();
  sum += chip;
  EXPECT_NEAR(sum.total(), before + chip.total(), 1e-12 * before);
}

TEST(EnergyModelTest, DynamicEnergyGoesWithTheSquareOfTheVoltage) {
  const EnergyDescription description = EnergyFile().load();
  EventCounts counts;
  for (std::size_t i = 0; i < kEvents; ++i) counts[static_cast<Event>(i)] = 7;
  const double at_reference = EnergyModel(description, chip_at(0.9, 1e8)).dynamic(counts).total();
  const double at_double = EnergyModel(description, chip_at(1.8, 1e8)).dynamic(counts).total();
  EXPECT_NEAR(at_double, 4 * at_reference, 1e-9 * at_double);
  // The clock's frequency does not matter.
  EXPECT_DOUBLE_EQ(EnergyModel(description, chip_at(0.9, 2e8)).dynamic(counts).total(),
                   at_reference);
}

TEST(EnergyModelTest, ClockEnergyIsOfCyclesLeakageOfTime) {
  const EnergyDescription description = EnergyFile().load();
  const EnergyModel model(description, chip_at(0.9, 1e8));
  const EnergyByComponent chip = model.chips(1, 1000);
  EXPECT_NEAR(chip[Component::kChipClock], 1000 * 1e-12, 1e-24);
  EXPECT_NEAR(chip[Component::kChipLeakage], 2e-3 * 1000 / 1e8, 1e-18);
  EXPECT_NEAR(chip.total(), chip[Component::kChipClock] + chip[Component::kChipLeakage], 1e-24);

  const EnergyByComponent slower = EnergyModel(description, chip_at(0.9, 0.5e8)).chips(1, 1000);
  EXPECT_DOUBLE_EQ(slower[Component::kChipClock], chip[Component::kChipClock]);
  EXPECT_DOUBLE_EQ(slower[Component::kChipLeakage], 2 * chip[Component::kChipLeakage]);

  const EnergyByComponent higher = EnergyModel(description, chip_at(1.8, 1e8)).chips(1, 1000);
  EXPECT_NEAR(higher[Component::kChipClock], 4 * chip[Component::kChipClock], 1e-21);
  // The file's exponent is 3.
  EXPECT_NEAR(higher[Component::kChipLeakage], 8 * chip[Component::kChipLeakage], 1e-18);
}

TEST(EnergyModelTest, ActiveAndIdleCores) {
  const EnergyModel model(EnergyFile().load(), chip_at(0.9, 1e8));
  const EnergyByComponent active = model.cores(10, true, 1000);
  EXPECT_NEAR(active[Component::kCoreClock], 10 * 3e-12 * 1000, 1e-18);
  EXPECT_NEAR(active[Component::kCoreLeakage], 10 * 4e-3 * 1e-5, 1e-15);
  const EnergyByComponent idle = model.cores(10, false, 1000);
  EXPECT_NEAR(idle[Component::kCoreClock], 10 * 5e-12 * 1000, 1e-18);
  EXPECT_NEAR(idle[Component::kCoreLeakage], 10 * 6e-3 * 1e-5, 1e-15);
  EXPECT_EQ(model.cores(0, true, 1000).total(), 0.0);
  EXPECT_EQ(model.chips(1, 0).total(), 0.0);
  EXPECT_EQ(active[Component::kChipClock] + active[Component::kChipLeakage], 0.0);
}

}  // namespace
