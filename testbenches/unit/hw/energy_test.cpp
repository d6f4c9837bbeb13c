// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/hw/energy/area_model.h"
#include "spikeloom/hw/energy/energy_model.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/temporary_file.h"

namespace {

using namespace spikeloom;
using base::Override;
using hw::Activity;
using hw::Component;
using hw::EnergyByComponent;
using hw::EnergyDescription;
using hw::EnergyModel;
using hw::Event;
using hw::kComponents;
using hw::kEvents;
using testing::HasSubstr;

constexpr double kPico = 1e-12;

/// A technology file in which event i costs i + 1 pJ, for the widths of test::small_chip(). The
/// line that begins with `without` is omitted together with the lines below it.
class EnergyFile {
 public:
  explicit EnergyFile(const std::string& without = "") : file_(text(without)) {}

  EnergyDescription load(const std::vector<Override>& overrides = {}) const {
    return hw::load_energy(file_.path(), overrides);
  }
  std::string error(const std::vector<Override>& overrides = {}) const {
    try {
      load(overrides);
    } catch (const base::UserError& error) {
      return error.what();
    }
    return "no error";
  }

 private:
  static std::string text(const std::string& without) {
    std::ostringstream file;
    file << "name: test\ntechnology: 65 nm\nreference_voltage: 0.9 V\n"
         << term("highest_voltage", "voltage: 2 V") << "leakage_law:\n"
         << term("  dibl", "value: 0.1") << term("  swing", "voltage: 100 mV") << "clock_law:\n"
         << term("  threshold", "voltage: 0.5 V") << term("  alpha", "value: 2")
         << term("  anchor", "clock: 100 MHz, voltage: 1 V") << "events:\n";
    for (std::size_t i = 0; i < kEvents; ++i) {
      if (name(hw::kEventInfo[i].event) == without) continue;
      file << term("  " + std::string(name(hw::kEventInfo[i].event)),
                   "energy: " + std::to_string(i + 1) +
                       " pJ, bits: " + std::to_string(bits(hw::kEventInfo[i].event)));
    }
    file << "static:\n";
    for (std::size_t i = 0; i < hw::kStaticCoefficients; ++i) {
      if (name(hw::kStaticInfo[i].term) == without) continue;
      file << term("  " + std::string(name(hw::kStaticInfo[i].term)),
                   hw::kStaticInfo[i].clocked ? "energy_per_cycle: " + std::to_string(i + 1) + " pJ"
                                              : "power: " + std::to_string(i + 1) + " mW");
    }
    file << "idle_core:\n  clock_gated:\n"
         << term("    clock", "factor: 0.25") << term("    leakage", "factor: 1")
         << "  power_gated:\n"
         << term("    clock", "factor: 0.125") << term("    leakage", "factor: 0.0625")
         << "area:\n";
    double um2 = 1.0;
    for (const char* key : {"sram_bit", "register_bit", "adder_bit", "crosspoint_bit"}) {
      file << term("  " + std::string(key), "um2: " + std::to_string(um2));
      um2 *= 10.0;
    }
    file << term("  logic_share", "share: 0.5") << term("  chip_share", "share: 0.25");
    return file.str();
  }

  /// Widths of test::small_chip(): scan words of 64 axons, words of 256 ternary columns, 16-bit
  /// sums, expansion entries of 25 bits, packets of 64 bits.
  static int bits(Event event) {
    switch (event) {
      case Event::kExpansionWrite:
        return 25;
      case Event::kRowWordRead:
        return 512;
      case Event::kAccumulate:
      case Event::kGather:
      case Event::kThresholdCompare:
        return 16;
      default:
        return 64;
    }
  }

  static std::string term(const std::string& key, const std::string& value) {
    return key + ": {" + value + ", status: derived, source: \"for the test\"}\n";
  }

  test::TemporaryFile file_;
};

arch::ChipDescription chip_at(double voltage_v, double clock_hz) {
  arch::ChipDescription chip = test::small_chip();
  chip.voltage_v = voltage_v;
  chip.clock_hz = clock_hz;
  return chip;
}

Activity some_activity() {
  Activity activity;
  for (std::size_t i = 0; i < kEvents; ++i) activity.events[static_cast<Event>(i)] = 10 * i + 3;
  activity.add_chips(2, 1000);
  activity.add_cores(7, 1000);
  activity.add_idle_cores(30, 1000);
  return activity;
}

TEST(EnergyFileTest, IsRead) {
  const EnergyDescription energy = EnergyFile().load();
  EXPECT_EQ(energy.name, "test");
  EXPECT_EQ(energy.technology, "65 nm");
  EXPECT_DOUBLE_EQ(energy.laws.reference_voltage(), 0.9);
  EXPECT_DOUBLE_EQ(energy.laws.highest_voltage(), 2.0);
  for (std::size_t i = 0; i < kEvents; ++i) {
    EXPECT_DOUBLE_EQ(energy.events[i].energy.value, static_cast<double>(i + 1) * kPico);
    EXPECT_EQ(energy.events[i].energy.provenance, hw::Provenance::kDerived);
    EXPECT_EQ(energy.events[i].energy.source, "for the test");
  }
  EXPECT_DOUBLE_EQ(energy.statics[0].value, 1e-12);
  EXPECT_DOUBLE_EQ(energy.statics[1].value, 2e-3);
  EXPECT_DOUBLE_EQ(energy.power_gated.leakage.value, 0.0625);
  EXPECT_DOUBLE_EQ(energy.area.crosspoint_bit.value, 1000.0);
}

TEST(EnergyFileTest, EachCoefficientMustBeThere) {
  for (const auto& event : hw::kEventInfo) {
    const std::string key(hw::name(event.event));
    const std::string error = EnergyFile(key).error();
    for (const char* part : {".energy", ".bits", ".status", ".source"}) {
      EXPECT_THAT(error,
                  HasSubstr("energy.events." + key + part + ": missing, and there is no default"));
    }
  }
  for (std::size_t i = 0; i < hw::kStaticCoefficients; ++i) {
    const hw::StaticInfo& term = hw::kStaticInfo[i];
    const std::string key(hw::name(term.term));
    EXPECT_THAT(EnergyFile(key).error(),
                HasSubstr("energy.static." + key + (term.clocked ? ".energy_per_cycle" : ".power") +
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
  EXPECT_THAT(file.error({{"events.gather.bits", "0"}}),
              HasSubstr("energy.events.gather.bits: got 0, allowed 1.."));
  EXPECT_THAT(file.error({{"static.chip_leakage.power", "5 pJ"}}), HasSubstr("got 5 pJ, allowed"));
  EXPECT_THAT(file.error({{"static.chip_clock.power", "5 mW"}}),
              HasSubstr("energy.static.chip_clock.power: unknown key, allowed here: "
                        "energy_per_cycle, source, status"));
  EXPECT_THAT(file.error({{"static.idle_core_clock.energy_per_cycle", "1 pJ"}}),
              HasSubstr("energy.static.idle_core_clock: unknown key, allowed here: chip_clock, "
                        "chip_leakage, core_clock, core_leakage"));
  EXPECT_THAT(file.error({{"events.gather.status", "guessed"}}),
              HasSubstr("got guessed, allowed published, derived, calibrated, synthesized, "
                        "estimated"));
  EXPECT_THAT(file.error({{"events.gather.source", ""}}),
              HasSubstr("energy.events.gather.source: is empty"));
  EXPECT_THAT(file.error({{"leakage_law.dibl.value", "2"}}),
              HasSubstr("energy.leakage_law.dibl.value: got 2, allowed 0..1"));
  EXPECT_THAT(file.error({{"clock_law.anchor.voltage", "0.5 V"}}),
              HasSubstr("energy.clock_law.anchor.voltage: got 500 mV, allowed above "
                        "clock_law.threshold, 500 mV"));
  EXPECT_THAT(file.error({{"idle_core.power_gated.leakage.factor", "2"}}),
              HasSubstr("energy.idle_core.power_gated.leakage.factor: got 2, allowed 0..1"));
  EXPECT_THAT(file.error({{"area.sram_bit.um2", "-1"}}),
              HasSubstr("energy.area.sram_bit.um2: got -1, allowed 0.."));
}

TEST(VoltageLawsTest, FollowTheirFormulas) {
  const EnergyFile file;
  const hw::VoltageLaws laws = file.load().laws;
  EXPECT_DOUBLE_EQ(laws.dynamic_factor(0.9), 1.0);
  EXPECT_DOUBLE_EQ(laws.dynamic_factor(0.8), 64.0 / 81.0);
  EXPECT_DOUBLE_EQ(laws.leakage_factor(0.9), 1.0);
  // DIBL of 0.1 V/V at 100 mV/decade: one decade of current per volt.
  EXPECT_NEAR(laws.leakage_factor(1.9), 1.9 / 0.9 * 10.0, 1e-12);
  EXPECT_NEAR(laws.leakage_factor(0.8), 8.0 / 9.0 * std::pow(10.0, -0.1), 1e-12);
  // (V - 0.5)^2 / V, scaled to 100 MHz at 1 V, where it is 0.25.
  EXPECT_DOUBLE_EQ(laws.highest_clock(1.0), 100e6);
  EXPECT_NEAR(laws.highest_clock(2.0), 100e6 * (1.125 / 0.25), 1e-3);
  EXPECT_NEAR(laws.highest_clock(0.8), 100e6 * (0.1125 / 0.25), 1e-3);
  EXPECT_EQ(laws.highest_clock(0.5), 0.0);
  EXPECT_EQ(laws.highest_clock(0.3), 0.0);
}

TEST(EnergyModelTest, EventsTimesCoefficients) {
  const EnergyModel model(EnergyFile().load(), chip_at(0.9, 1e8));
  for (std::size_t i = 0; i < kEvents; ++i) {
    Activity activity;
    activity.events[static_cast<Event>(i)] = 1000;
    const EnergyByComponent energy = model.energy(activity);
    for (std::size_t c = 0; c < kComponents; ++c) {
      const auto component = static_cast<Component>(c);
      const double expected = component == hw::kEventInfo[i].component
                                  ? static_cast<double>(i + 1) * 1000 * kPico
                                  : 0.0;
      EXPECT_DOUBLE_EQ(energy[component], expected) << name(hw::kEventInfo[i].event);
    }
  }
}

TEST(EnergyModelTest, EnergyGoesWithTheWidth) {
  const EnergyDescription description = EnergyFile().load();
  arch::ChipDescription chip = chip_at(0.9, 1e8);
  const EnergyModel model(description, chip);
  chip.core.timing.word_bits *= 2;
  chip.core.timing.scan_axons_per_cycle /= 2;
  chip.core.potential_bits *= 3;
  const EnergyModel other(description, chip);
  EXPECT_DOUBLE_EQ(other.joule(Event::kRowWordRead), 2 * model.joule(Event::kRowWordRead));
  EXPECT_DOUBLE_EQ(other.joule(Event::kScanWord), model.joule(Event::kScanWord) / 2);
  EXPECT_DOUBLE_EQ(other.joule(Event::kAxonWrite), model.joule(Event::kAxonWrite) / 2);
  EXPECT_DOUBLE_EQ(other.joule(Event::kAccumulate), 3 * model.joule(Event::kAccumulate));
  EXPECT_DOUBLE_EQ(other.joule(Event::kRouterTraversal), model.joule(Event::kRouterTraversal));
  // One plane instead of two.
  chip = chip_at(0.9, 1e8);
  chip.core.synapse = arch::Synapse::kBinaryPair;
  EXPECT_DOUBLE_EQ(EnergyModel(description, chip).joule(Event::kRowWordRead),
                   model.joule(Event::kRowWordRead) / 2);
}

TEST(EnergyModelTest, WeightPlanesPassAShifterBeforeTheAdder) {
  const EnergyDescription description = EnergyFile().load();
  arch::ChipDescription chip = chip_at(0.9, 1e8);
  const EnergyModel model(description, chip);
  // Two-way stages of the shifter, each as wide as the adder.
  const std::map<int, int> stages_of = {{1, 0}, {2, 1}, {3, 2}, {4, 2}, {8, 3}};
  for (const auto& [planes, stages] : stages_of) {
    chip.core.weight_planes = planes;
    const EnergyModel shifting(description, chip);
    EXPECT_DOUBLE_EQ(shifting.joule(Event::kGather), (1 + stages) * model.joule(Event::kGather));
    EXPECT_EQ(shifting.joule(Event::kAccumulate), model.joule(Event::kAccumulate));
    EXPECT_EQ(shifting.joule(Event::kThresholdCompare), model.joule(Event::kThresholdCompare));
  }
}

TEST(EnergyModelTest, EveryEventHasAComponentAndANameOfItsOwn) {
  for (std::size_t i = 0; i < kEvents; ++i) {
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_NE(name(hw::kEventInfo[i].event), name(hw::kEventInfo[j].event));
    EXPECT_FALSE(name(hw::kEventInfo[i].event).empty());
  }
}

TEST(EnergyModelTest, ThePartsAddUp) {
  const EnergyModel model(EnergyFile().load(), chip_at(0.9, 1e8));
  const Activity activity = some_activity();
  double expected = 0.0;
  for (std::size_t i = 0; i < kEvents; ++i) {
    expected += static_cast<double>((i + 1) * (10 * i + 3)) * kPico;
  }
  expected += 2 * 1000 * (1 * kPico + 2e-3 / 1e8) + 7 * 1000 * (3 * kPico + 4e-3 / 1e8) +
              30 * 1000 * (3 * kPico + 4e-3 / 1e8);
  EnergyByComponent energy = model.energy(activity);
  EXPECT_NEAR(energy.total(), expected, 1e-12 * expected);
  double parts = 0.0;
  for (std::size_t c = 0; c < kComponents; ++c) parts += energy[static_cast<Component>(c)];
  EXPECT_EQ(energy.total(), parts);
  energy += model.energy(activity);
  EXPECT_NEAR(energy.total(), 2 * expected, 1e-12 * expected);
}

TEST(EnergyModelTest, FollowsVoltageAndClock) {
  const EnergyDescription description = EnergyFile().load();
  const Activity activity = some_activity();
  const auto leaks = [](Component component) {
    return component == Component::kChipLeakage || component == Component::kCoreLeakage ||
           component == Component::kIdleCoreLeakage;
  };
  const EnergyByComponent reference = EnergyModel(description, chip_at(0.9, 1e8)).energy(activity);
  const EnergyByComponent faster = EnergyModel(description, chip_at(0.9, 2e8)).energy(activity);
  const EnergyByComponent lower = EnergyModel(description, chip_at(0.8, 1e8)).energy(activity);
  for (std::size_t c = 0; c < kComponents; ++c) {
    const auto component = static_cast<Component>(c);
    EXPECT_GT(reference[component], 0.0);
    // Twice the clock halves the time.
    EXPECT_DOUBLE_EQ(faster[component], reference[component] * (leaks(component) ? 0.5 : 1.0));
    const double factor = leaks(component) ? description.laws.leakage_factor(0.8) : 64.0 / 81.0;
    EXPECT_NEAR(lower[component], reference[component] * factor, 1e-12 * reference[component]);
  }
}

TEST(EnergyModelTest, IdleCoresAreGatedAsTheChipSays) {
  const EnergyDescription description = EnergyFile().load();
  Activity activity;
  activity.add_idle_cores(10, 1000);
  const double clock = 10 * 3 * kPico * 1000;
  const double leakage = 10 * 4e-3 * 1e-5;
  struct Case {
    arch::IdleCore gating;
    double clock;
    double leakage;
  };
  for (const Case& item :
       {Case{arch::IdleCore::kNone, 1.0, 1.0}, Case{arch::IdleCore::kClockGated, 0.25, 1.0},
        Case{arch::IdleCore::kPowerGated, 0.125, 0.0625}}) {
    arch::ChipDescription chip = chip_at(0.9, 1e8);
    chip.idle_core = item.gating;
    const EnergyByComponent energy = EnergyModel(description, chip).energy(activity);
    EXPECT_NEAR(energy[Component::kIdleCoreClock], item.clock * clock, 1e-12 * clock);
    EXPECT_NEAR(energy[Component::kIdleCoreLeakage], item.leakage * leakage, 1e-12 * leakage);
    EXPECT_EQ(energy[Component::kCoreClock] + energy[Component::kCoreLeakage], 0.0);
  }
}

TEST(AreaModelTest, CountsBitsTimesAreas) {
  const arch::ChipDescription chip = test::small_chip();
  const hw::AreaModel area(EnergyFile().load(), chip);
  constexpr double kCores = 6;
  constexpr double kPerMm2 = 1e6;
  const auto part = [&](hw::AreaPart which) { return area.part(which) * kPerMm2 / kCores; };
  EXPECT_NEAR(part(hw::AreaPart::kCrossbars), 2 * 200 * 512, 1e-6);
  EXPECT_NEAR(part(hw::AreaPart::kAxonBuffers), 2 * 4 * 200, 1e-6);
  EXPECT_EQ(part(hw::AreaPart::kAxonExpansion), 0.0);
  // Groups, neurons, gather list and thresholds, see docs/registers.md.
  EXPECT_NEAR(part(hw::AreaPart::kTables), 8 * (8 * 4 + 16 * 512 + 2 * 512 + 4 * 512 * 4), 1e-6);
  EXPECT_NEAR(part(hw::AreaPart::kRoutingTables), 64 * 64, 1e-6);
  EXPECT_NEAR(part(hw::AreaPart::kAccumulators), 10 * 512 * 16, 1e-6);
  EXPECT_NEAR(part(hw::AreaPart::kAdders), 100 * 16 * (256 + 1 + 4), 1e-6);
  EXPECT_NEAR(part(hw::AreaPart::kRouterFifos), 10 * 5 * 4 * 64, 1e-6);
  EXPECT_NEAR(part(hw::AreaPart::kRouterCrossbars), 1000 * 25 * 64, 1e-6);
  double rest = 0.0;
  for (std::size_t i = 0; i + 2 < hw::kAreaParts; ++i) {
    rest += area.part(static_cast<hw::AreaPart>(i));
  }
  EXPECT_NEAR(area.part(hw::AreaPart::kLogic), 0.5 * rest, 1e-12);
  EXPECT_NEAR(area.part(hw::AreaPart::kChip), 0.25 * 1.5 * rest, 1e-12);
  EXPECT_NEAR(area.chip(), 1.25 * 1.5 * rest, 1e-12);
  EXPECT_NEAR(area.core() * kCores, 1.5 * rest, 1e-12);
}

TEST(AreaModelTest, FollowsTheChip) {
  const EnergyDescription description = EnergyFile().load();
  arch::ChipDescription chip = test::small_chip();
  const hw::AreaModel mesh(description, chip);
  chip.board = {2, 3};
  EXPECT_EQ(hw::AreaModel(description, chip).chip(), mesh.chip()) << "one chip of the board";
  chip = test::small_chip();
  chip.core.synapse = arch::Synapse::kBinaryPair;
  const hw::AreaModel pairs(description, chip);
  EXPECT_NEAR(pairs.part(hw::AreaPart::kCrossbars), mesh.part(hw::AreaPart::kCrossbars) / 2, 1e-12);
  // Two multiplexer inputs a bit, in two stages, for each of three neurons at a time.
  chip = test::small_chip();
  chip.core.timing.neurons_per_cycle = 3;
  const hw::AreaModel three(description, chip);
  chip.core.weight_planes = 4;
  const hw::AreaModel planes(description, chip);
  EXPECT_NEAR(planes.part(hw::AreaPart::kAdders) - three.part(hw::AreaPart::kAdders),
              6 * 1000 * (2 * 2 * 16 * 3) * 1e-6, 1e-12);
  EXPECT_EQ(planes.part(hw::AreaPart::kTables), three.part(hw::AreaPart::kTables));
  // 4 x 4 cores have 16 routers in a mesh and 4 + 1 in a quadtree.
  chip = test::small_chip();
  chip.mesh = {4, 4};
  const hw::AreaModel sixteen(description, chip);
  chip.topology = arch::TopologyKind::kQuadtree;
  const hw::AreaModel tree(description, chip);
  EXPECT_NEAR(tree.part(hw::AreaPart::kRouterFifos),
              sixteen.part(hw::AreaPart::kRouterFifos) * 5 / 16, 1e-12);
  // A router of a torus has two FIFOs for each of its four links.
  chip.topology = arch::TopologyKind::kTorus;
  const hw::AreaModel torus(description, chip);
  EXPECT_NEAR(torus.part(hw::AreaPart::kRouterFifos),
              sixteen.part(hw::AreaPart::kRouterFifos) * 9 / 5, 1e-12);
  EXPECT_NEAR(torus.part(hw::AreaPart::kRouterCrossbars),
              sixteen.part(hw::AreaPart::kRouterCrossbars) * 9 / 5, 1e-12);
  chip.core.expansion.entries = 100;
  EXPECT_NEAR(hw::AreaModel(description, chip).part(hw::AreaPart::kAxonExpansion),
              16 * 100 * 25 * 1e-6, 1e-12);
}

}  // namespace
