// SPDX-License-Identifier: Apache-2.0
// Tests answers from the results of a sweep, and the model of its page.
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/sweep_report/sweep_model.h"
#include "spikeloom/base/error.h"
#include "spikeloom/explore/sweep/sweep_queries.h"
#include "spikeloom/explore/sweep/sweep_store.h"

namespace spikeloom::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

template <typename Work>
std::string refusal(const Work& work) {
  try {
    work();
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

/// A sweep of 2 x 2 points with two runs each, in a directory of its own. The second run of point 1
/// fails, and point 3 is refused.
class SweepReportTest : public testing::Test {
 protected:
  SweepReportTest() {
    fs::create_directories(directory_);
    plan_.file.path = "sizes.yaml";
    plan_.file.source = "name: sizes\n";
    plan_.file.name = "sizes";
    plan_.file.title = "How large?";
    plan_.file.run = "base.yaml";
    plan_.file.settings = {{"images", "12"}};
    plan_.file.axes = {
        explore::Axis("chip.voltage", {{"chip.voltage", "", {"0.8 V", "0.9 V"}, {}, {}}}),
        explore::Axis("chip.topology", {{"chip.topology", "", {"mesh", "tree"}, {}, {}}})};
    plan_.file.repetitions = {explore::RepeatOver::kSeed, 2};
    plan_.file.metrics = {
        {"accuracy", "accuracy", ""}, {"ms", "ms", ""}, {"area.core", "area_core", ""}};
    plan_.inputs = {{"run", "base.yaml", "some-uuid"}};
    const std::vector<explore::Sample> samples = explore::draw(plan_.file.axes, {});
    for (std::size_t i = 0; i < samples.size(); ++i) {
      for (int r = 0; r < 2; ++r) {
        explore::PlannedRun run;
        run.point = static_cast<std::int64_t>(i);
        run.repetition = r;
        run.texts = samples[i];
        if (i == 3) run.refused = "beyond the law";
        plan_.runs.push_back(run);
      }
    }
  }
  ~SweepReportTest() override { fs::remove_all(directory_); }

  void record(explore::SweepStore& store, std::size_t run, double accuracy,
              const ordered_json& ms) {
    explore::Outcome outcome;
    outcome.summary = ordered_json{
        {"seed", 1 + run % 2},
        {"accuracy", accuracy},
        {"ms", ms},
        {"area",
         {{"core", 2.0}}}}.dump();
    store.record_run(plan_.runs[run], outcome);
  }

  void record_all() {
    explore::SweepStore store(directory_, plan_);
    record(store, 0, 0.5, 1.0);
    record(store, 1, 0.5, 4.0);
    record(store, 2, 0.7, 3.0);
    explore::Outcome failed;
    failed.status = explore::Outcome::Status::kFailed;
    failed.reason = "does not fit";
    store.record_run(plan_.runs[3], failed);
    record(store, 4, 0.9, 3.0);
    record(store, 5, 0.8, 3.0);
  }

  ordered_json model() const {
    explore::SweepQueries answers(directory_);
    return sweep_model(answers, "results");
  }

  fs::path directory_ = fs::temp_directory_path() / fmt::format("sweep-report-{}", ::getpid());
  explore::SweepPlan plan_;
};

TEST_F(SweepReportTest, HasThePointsAsTheAnswersHaveThem) {
  record_all();
  const ordered_json json = model();
  EXPECT_EQ(json["points"]["columns"],
            ordered_json({"point", "voltage", "topology", "accuracy", "ms", "area_core", "runs",
                          "status", "reason"}));
  ASSERT_EQ(json["points"]["rows"].size(), 4U);
  EXPECT_EQ(json["points"]["rows"][0],
            ordered_json({0, 0.8, "mesh", 0.5, 2.5, 2.0, 2, "done", nullptr}));
  EXPECT_EQ(json["points"]["rows"][1],
            ordered_json({1, 0.8, "tree", 0.7, 3.0, 2.0, 1, "failed", "does not fit"}));
  EXPECT_EQ(json["points"]["rows"][3], ordered_json({3, 0.9, "tree", nullptr, nullptr, nullptr, 0,
                                                     "refused", "beyond the law"}));
  EXPECT_EQ(json["settings"][2], ordered_json({"0.9 V", "mesh"}));
  EXPECT_EQ(json["state"]["rows"],
            ordered_json::parse(R"([["done", 2], ["failed", 1], ["refused", 1]])"));
  EXPECT_EQ(json["runs"]["rows"],
            ordered_json::parse(R"([["done", 5], ["failed", 1], ["refused", 2]])"));
}

TEST_F(SweepReportTest, SaysWhatWasAsked) {
  record_all();
  const ordered_json json = model();
  const ordered_json& sweep = json["sweep"];
  EXPECT_EQ(sweep["title"], "How large?");
  EXPECT_EQ(sweep["file"], "sizes.yaml");
  EXPECT_EQ(sweep["source"], "name: sizes\n");
  EXPECT_EQ(sweep["sampling"], "grid");
  EXPECT_EQ(sweep["question"]["run"], "base.yaml");
  EXPECT_EQ(sweep["question"]["set"], ordered_json({{"images", "12"}}));
  EXPECT_EQ(sweep["question"]["repeat"], ordered_json({{"over", "seed"}, {"count", 2}}));
  EXPECT_FALSE(sweep["question"].contains("points"));
  EXPECT_EQ(json["seeds"]["rows"], ordered_json::parse("[[1], [2]]"));
  EXPECT_EQ(json["inputs"]["rows"], ordered_json::parse(R"([["run", "base.yaml", "some-uuid"]])"));
  EXPECT_EQ(json["axes"]["rows"][1], ordered_json({"chip.topology", "chip.topology", "topology"}));
}

TEST_F(SweepReportTest, FrontsAreOfEachPairAndWay) {
  record_all();
  const ordered_json json = model();
  EXPECT_EQ(json["fronts"].size(), 12U);
  EXPECT_EQ(json["fronts"]["accuracy,ms"], ordered_json::array({0}));
  EXPECT_EQ(json["fronts"]["accuracy:max,ms"], ordered_json({2, 0}));
  EXPECT_EQ(json["fronts"]["accuracy:max,ms:max"], ordered_json({2}));
  EXPECT_EQ(json["fronts"]["accuracy:max,area_core"], ordered_json({2}));
  explore::SweepQueries answers(directory_);
  EXPECT_THAT(answers.pareto({"accuracy:max", "ms"}).rows,
              ElementsAre(testing::Contains(explore::Value(std::int64_t{2})),
                          testing::Contains(explore::Value(std::int64_t{0}))));
  EXPECT_EQ(
      json["metrics"][0],
      ordered_json(
          {{"field", "accuracy"}, {"column", "accuracy"}, {"more", true}, {"min", 0}, {"max", 2}}));
  EXPECT_EQ(json["metrics"][1]["more"], false);
}

TEST_F(SweepReportTest, SpreadIsOverTheRepetitions) {
  record_all();
  explore::SweepQueries answers(directory_);
  const explore::QueryTable spread = answers.spread();
  // Point 0 has 1 ms and 4 ms; point 2 has accuracies 0.9 and 0.8. Point 1 has only one run.
  ASSERT_EQ(spread.rows.size(), 6U);
  EXPECT_EQ(explore::to_text(spread.rows[1][1]), "ms");
  EXPECT_EQ(spread.rows[1][2], explore::Value(std::int64_t{2}));
  EXPECT_EQ(spread.rows[1][3], explore::Value(2.5));
  EXPECT_DOUBLE_EQ(explore::to_number(spread.rows[1][4]).value(), std::sqrt(4.5));
  EXPECT_EQ(spread.rows[1][5], explore::Value(1.0));
  EXPECT_EQ(spread.rows[1][6], explore::Value(4.0));
  EXPECT_EQ(spread.rows[3][0], explore::Value(std::int64_t{2}));
  EXPECT_NEAR(explore::to_number(spread.rows[3][4]).value(), 0.1 / std::sqrt(2.0), 1e-12);
  EXPECT_EQ(model()["spread"]["rows"].size(), 6U);
}

TEST_F(SweepReportTest, SensitivitiesAreThoseOfTheAnswers) {
  record_all();
  explore::SweepQueries answers(directory_);
  const explore::QueryTable table = answers.sensitivities();
  const ordered_json json = model()["sensitivities"];
  ASSERT_EQ(json["rows"].size(), table.rows.size());
  EXPECT_EQ(json["columns"], ordered_json(table.columns));
  // The accuracy depends only on the voltage; the area depends on neither axis.
  EXPECT_EQ(json["rows"][0],
            ordered_json({"accuracy", "voltage", 100.0, 0.5, "0.8", json["rows"][0][5], "0.9"}));
  EXPECT_EQ(json["rows"][4][2], nullptr);
}

TEST_F(SweepReportTest, EditedTablesNameNoColumnThatThereIsNot) {
  record_all();
  const std::string path = (directory_ / explore::kSweepDatabase).string();
  explore::Database(path, explore::Database::Mode::kReadWrite)
      .execute("UPDATE metrics SET \"column\" = 'hours' WHERE field = 'ms'");
  const std::string missing =
      path +
      ": there is no column hours, only point, voltage, topology, accuracy, ms, area_core, runs, "
      "status, reason";
  explore::SweepQueries answers(directory_);
  EXPECT_EQ(refusal([&] { answers.sensitivities(); }), missing);
  EXPECT_EQ(refusal([&] { answers.spread(); }), missing);
  EXPECT_EQ(refusal([&] { answers.pareto({"hours"}); }), missing);
  EXPECT_EQ(refusal([&] { model(); }), missing);
}

TEST_F(SweepReportTest, BeforeAnyRunThereIsNothingToDraw) {
  explore::SweepStore(directory_, plan_);
  const ordered_json json = model();
  EXPECT_EQ(json["state"]["rows"], ordered_json::parse(R"([["refused", 1], ["waiting", 3]])"));
  EXPECT_THAT(json["fronts"]["accuracy,ms"], IsEmpty());
  EXPECT_THAT(json["sensitivities"]["rows"], IsEmpty());
  EXPECT_TRUE(json["metrics"][0]["min"].is_null());
}

TEST_F(SweepReportTest, ARunThatLacksAMetricIsInNoFrontOfIt) {
  {
    explore::SweepStore store(directory_, plan_);
    for (const std::size_t run : {0U, 1U}) record(store, run, 0.9, nullptr);
    for (const std::size_t run : {2U, 3U}) record(store, run, 0.5, 2.0);
  }
  const ordered_json json = model();
  EXPECT_EQ(json["fronts"]["accuracy:max,ms"], ordered_json({1}));
  EXPECT_EQ(json["fronts"]["accuracy:max,area_core"], ordered_json::array({0}));
}

TEST_F(SweepReportTest, TooManyPointsAreToldSo) {
  plan_.runs.resize(1);
  for (std::size_t i = 1; i <= kMaxPagePoints; ++i) {
    plan_.runs.push_back(plan_.runs.front());
    plan_.runs.back().point = static_cast<std::int64_t>(i);
  }
  explore::SweepStore(directory_, plan_);
  try {
    model();
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("results: got 10001 points, allowed at most 10000 on a page"));
  }
}

}  // namespace
}  // namespace spikeloom::cli
