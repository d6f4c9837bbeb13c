// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/validation/validation.h"

#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "spikeloom/base/error.h"

namespace spikeloom::explore {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kFile = R"(
source: "A paper"
settings: [seed=1]
favoured: port
cases:
  small:
    run: ../runs/small.yaml
    settings: [images=3]
    spikes: 1000
    figures:
      time: {published: 2 ms, status: fitted, tolerance: 0.01}
      energy: {published: 4 mJ, status: fitted, tolerance: 0.01}
  large:
    run: large.yaml
    spikes: 3000
    accuracy: 0.9
    activities:
      few: [faults.drop=0.1]
      many: []
    figures:
      time: {published: 5 ms, status: predicted, tolerance: 0.1, source: "table 2"}
      energy: {published: 15 mJ, status: predicted, tolerance: 0.1}
      power: {published: 3 W, status: predicted, tolerance: 0.1}
mechanisms:
  port:
    title: the port
    rank: 1
    settings: [chip.sync.pipeline=false]
    parameters:
      - {key: chip.host_port.cycles_per_packet, case: small, figure: time, value: 14.5, min: 12, max: 16, step: 0.001}
      - {key: energy.static.chip_clock.energy_per_cycle, case: small, figure: energy, value: 7, unit: pJ, min: 0, max: 40, step: 1}
  bus:
    title: a bus
    rank: 2
    parameters: []
)";

std::string error_of(const std::string& text, const ValidationSelection& only = {}) {
  try {
    parse_validation(text, "v/file.yaml", only);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = kFile;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ValidationFile, IsRead) {
  const Validation validation = parse_validation(kFile, "v/file.yaml");
  EXPECT_EQ(validation.source, "A paper");
  EXPECT_EQ(validation.favoured, "port");
  ASSERT_EQ(validation.cases.size(), 2U);
  EXPECT_EQ(validation.cases[0].run, "runs/small.yaml");
  EXPECT_EQ(validation.cases[1].run, "v/large.yaml");
  EXPECT_THAT(validation.cases[0].settings, ElementsAre("images=3"));
  ASSERT_EQ(validation.cases[0].activities.size(), 1U);
  EXPECT_EQ(validation.cases[0].activities[0].name, "");
  ASSERT_EQ(validation.cases[1].activities.size(), 2U);
  EXPECT_THAT(validation.cases[1].activities[0].settings, ElementsAre("faults.drop=0.1"));
  ASSERT_EQ(validation.cases[1].figures.size(), 3U);
  const PublishedFigure& time = validation.cases[1].figures[0];
  EXPECT_EQ(time.figure, Figure::kTime);
  EXPECT_DOUBLE_EQ(time.value, 5e-3);
  EXPECT_FALSE(time.fitted);
  EXPECT_EQ(time.source, "table 2");
  EXPECT_DOUBLE_EQ(validation.cases[1].find(Figure::kPower)->value, 3.0);
  EXPECT_EQ(validation.cases[1].find(Figure::kArea), nullptr);
  ASSERT_EQ(validation.mechanisms.size(), 2U);
  const Mechanism& port = validation.mechanisms[0];
  EXPECT_EQ(port.parameters[0].setting(), "chip.host_port.cycles_per_packet=14.5");
  EXPECT_EQ(port.parameters[1].setting(), "energy.static.chip_clock.energy_per_cycle=7 pJ");
  EXPECT_FALSE(port.at_bound());
}

TEST(ValidationFile, SelectsByName) {
  const Validation validation = parse_validation(kFile, "f", {{"large"}, {"bus"}});
  ASSERT_EQ(validation.cases.size(), 1U);
  EXPECT_EQ(validation.cases[0].name, "large");
  ASSERT_EQ(validation.mechanisms.size(), 1U);
  EXPECT_EQ(validation.mechanisms[0].name, "bus");
  EXPECT_EQ(error_of(kFile, {{"alexnet"}, {}}), "--case: got alexnet, allowed small, large");
  EXPECT_EQ(error_of(kFile, {{}, {"rail"}}), "--mechanism: got rail, allowed port, bus");
}

TEST(ValidationFile, SaysWhatIsWrong) {
  EXPECT_THAT(error_of(replaced("2 ms", "2 mJ")),
              HasSubstr("cases.small.figures.time.published: got 2 mJ, allowed "));
  EXPECT_THAT(error_of(replaced("value: 14.5", "value: 16.5")),
              HasSubstr("mechanisms.port.parameters.0.value: got 16.5, allowed 12..16 (min, max)"));
  EXPECT_THAT(error_of(replaced("favoured: port", "favoured: rail")),
              HasSubstr("favoured: got rail, allowed the mechanisms' names"));
  EXPECT_THAT(error_of(replaced("figure: time", "figure: speed")),
              HasSubstr("mechanisms.port.parameters.0.figure: got speed, allowed time, energy, "));
  EXPECT_THAT(
      error_of(replaced("case: small", "case: large")),
      HasSubstr("mechanisms.port.parameters.0.case: got large, allowed cases whose time has "
                "the status fitted"));
  EXPECT_THAT(error_of(replaced("      power:", "      volume:")),
              HasSubstr("cases.large.figures.volume: unknown key, allowed"));
}

TEST(ValidationFile, NeedsNoMechanisms) {
  const std::string text = kFile;
  const Validation validation = parse_validation(
      text.substr(0, text.find("mechanisms:")).replace(text.find("favoured"), 14, ""), "f");
  ASSERT_EQ(validation.mechanisms.size(), 1U);
  EXPECT_EQ(validation.mechanisms[0].name, "");
  EXPECT_THAT(validation.mechanisms[0].parameters, ElementsAre());
}

/// Returns a result of kFile's cases in which all figures have the errors `fitted` and, at the two
/// activities, `few` and `many`.
MechanismResult result_with(const Mechanism& mechanism, double fitted, double few, double many) {
  const Validation validation = parse_validation(kFile, "f");
  MechanismResult result{mechanism, {}};
  for (const ValidationCase& item : validation.cases) {
    CaseResult& compared = result.cases.emplace_back();
    compared.published = item;
    for (std::size_t a = 0; a < item.activities.size(); ++a) {
      CaseRun& run = compared.runs.emplace_back();
      run.activity = item.activities[a].name;
      const double error = item.activities.size() == 1 ? fitted : a == 0 ? few : many;
      for (const PublishedFigure& figure : item.figures) {
        run.figures.push_back(figure.value * (1.0 + error));
      }
    }
  }
  return result;
}

TEST(Validation, IntervalsAreOverTheActivities) {
  const Validation validation = parse_validation(kFile, "f");
  const MechanismResult result = result_with(validation.mechanisms[0], 0.0, 0.08, -0.02);
  const CaseResult& large = result.cases[1];
  EXPECT_DOUBLE_EQ(large.values(0).low, 4.9e-3);
  EXPECT_DOUBLE_EQ(large.values(0).high, 5.4e-3);
  EXPECT_NEAR(large.errors(0).low, -0.02, 1e-12);
  EXPECT_NEAR(large.errors(0).high, 0.08, 1e-12);
  EXPECT_TRUE(large.within(0));
  EXPECT_FALSE(result_with(validation.mechanisms[0], 0.0, 0.11, 0.0).cases[1].within(0));
  EXPECT_FALSE(result_with(validation.mechanisms[0], 0.0, 0.0, -0.11).cases[1].within(0));
}

TEST(Validation, PassesIfFitsFitAndTheFavouredPredicts) {
  Validation validation = parse_validation(kFile, "f");
  const Mechanism& port = validation.mechanisms[0];
  const Mechanism& bus = validation.mechanisms[1];
  const auto passed = [&](double port_fit, double port_error, double bus_fit, double bus_error) {
    return passes(validation, {result_with(port, port_fit, port_error, port_error),
                               result_with(bus, bus_fit, bus_error, bus_error)});
  };
  EXPECT_TRUE(passed(0.005, 0.09, 0.0, 3.0));
  EXPECT_FALSE(passed(0.005, 0.11, 0.0, 0.0));
  EXPECT_FALSE(passed(0.02, 0.0, 0.0, 0.0));
  EXPECT_FALSE(passed(0.0, 0.0, 0.02, 0.0));
  validation.favoured.clear();
  EXPECT_TRUE(passed(0.0, 0.5, 0.0, 3.0));
  // A mechanism that no allowed value fits counts for nothing.
  Mechanism impossible = bus;
  impossible.parameters = {{"chip.key", "small", Figure::kTime, 1.0, 1.0, 2.0, 0.1, ""}};
  EXPECT_TRUE(passes(validation,
                     {result_with(port, 0.0, 0.5, 0.5), result_with(impossible, 0.9, 0.0, 0.0)}));
  // The only one must predict, too.
  EXPECT_FALSE(passes(validation, {result_with(port, 0.0, 0.5, 0.5)}));
}

TEST(Validation, TheRuleWithoutAModel) {
  // Three times the spikes of the fitted case: 6 ms for 5 and 12 mJ for 15.
  const std::vector<SpikeRule> rules = spike_rules(parse_validation(kFile, "f"));
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].of, "small");
  EXPECT_EQ(rules[0].name, "large");
  EXPECT_DOUBLE_EQ(rules[0].seconds, 6e-3);
  EXPECT_NEAR(rules[0].time_error, 0.2, 1e-12);
  EXPECT_NEAR(rules[0].energy_error, -0.2, 1e-12);
}

TEST(Validation, Tables) {
  const Validation validation = parse_validation(kFile, "f");
  const std::string text =
      format(validation, {result_with(validation.mechanisms[0], 0.0, 0.08, -0.02),
                          result_with(validation.mechanisms[1], 0.001, 0.5, 0.5)});
  EXPECT_THAT(text, HasSubstr("1 port: the port\n"
                              "  chip.host_port.cycles_per_packet=14.5, allowed 12..16\n"));
  EXPECT_THAT(text,
              ::testing::ContainsRegex("\nlarge ms +5 +4\\.9\\.\\.5\\.4 +-2\\.0\\.\\.\\+8\\.0 % "
                                       "+10 % +predicted\n"));
  EXPECT_THAT(text,
              ::testing::ContainsRegex("\nlarge ms +5 +7\\.5 +\\+50\\.0 % +10 % +predicted OUT\n"));
  EXPECT_THAT(text, ::testing::ContainsRegex("\nas small per spike +\\+0\\.0 +\\+20\\.0 +-20\\.0"));
  EXPECT_THAT(text, HasSubstr("favoured: port\n"));
  const nlohmann::ordered_json json =
      to_json(validation, {result_with(validation.mechanisms[0], 0.0, 0.08, -0.02)});
  const auto& figures = json["mechanisms"][0]["cases"][1]["figures"];
  EXPECT_EQ(figures["power"]["unit"], "mW");
  EXPECT_NEAR(figures["time"]["model"][1].get<double>(), 5.4, 1e-9);
  EXPECT_EQ(figures["time"]["source"], "table 2");
}

TEST(Validation, ACaseThatDoesNotRunIsOutside) {
  const Validation validation = parse_validation(kFile, "f");
  MechanismResult result = result_with(validation.mechanisms[0], 0.0, 0.0, 0.0);
  result.cases[1].runs.clear();
  result.cases[1].refusal = "the network needs 1260 cores";
  EXPECT_FALSE(result.cases[1].within(0));
  EXPECT_FALSE(passes(validation, {result}));
  EXPECT_THAT(format(validation, {result}),
              HasSubstr("large does not run: the network needs 1260 cores\n"));
  EXPECT_TRUE(to_json(validation, {result})["mechanisms"][0]["cases"][1]["figures"]["time"]["model"]
                  .is_null());
}

TEST(Validation, SensitivityIsLinearInTheShares) {
  const Validation validation = parse_validation(kFile, "f", {{"small"}, {"port"}});
  MechanismResult result{validation.mechanisms[0], {{validation.cases[0], {{}}, {}}}};
  result.cases[0].runs[0].energy = {{"axon_write", 0.001}, {"core_clock", 0.6}, {"gather", 0.399}};
  const std::string text = format_sensitivity({result}, 20.0);
  EXPECT_THAT(text, ::testing::ContainsRegex("core_clock +\\+12\\.0 %\ngather +\\+8\\.0 %\n"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("axon_write")));
}

}  // namespace
}  // namespace spikeloom::explore
