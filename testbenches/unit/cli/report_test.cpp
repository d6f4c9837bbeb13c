// SPDX-License-Identifier: Apache-2.0
// Tests reports: reading the directory of a run, the models of its pages, and the HTML around them.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <systemc>

#include "cli/page/page.h"
#include "cli/run_report/comparison_model.h"
#include "cli/run_report/image_model.h"
#include "cli/run_report/published_model.h"
#include "cli/run_report/timeline_model.h"
#include "spikeloom/base/csv.h"
#include "spikeloom/base/error.h"
#include "spikeloom/sim/results/csv_table.h"

namespace spikeloom::cli {
namespace {

using base::UserError;
using nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::Not;

sim::CsvTable table(const sim::CsvFile& kind, const std::string& lines) {
  return {std::string(kind.header) + lines, "file", kind};
}

std::string message(const sim::CsvFile& kind, const std::string& lines) {
  try {
    table(kind, lines);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Csv, FieldsStandInQuotesWhereTheyNeedThem) {
  EXPECT_EQ(base::csv_field("conv2"), "conv2");
  EXPECT_EQ(base::csv_field(""), "");
  EXPECT_EQ(base::csv_field("3x3, \"same\""), "\"3x3, \"\"same\"\"\"");
  EXPECT_EQ(base::csv_field("a\nb"), "\"a\nb\"");
}

TEST(Csv, LinesAreReadAsTheyWereWritten) {
  const std::vector<std::string> fields = {"", "a", ",", "\"", "\",\"", "a\nb\r", " x "};
  for (const std::string& first : fields) {
    for (const std::string& second : fields) {
      const std::string text = base::csv_field(first) + "," + base::csv_field(second) + "\nnext\n";
      std::string_view rest = text;
      EXPECT_EQ(base::take_csv_line(rest), (std::vector<std::string>{first, second})) << text;
      EXPECT_EQ(rest, "next\n") << text;
    }
  }
}

TEST(Csv, RefusesWrongQuotesAndLinesWithoutEnd) {
  for (const std::string_view text : {"", "a", "a,", "a\"b\n", "\"a\n", "\"a\"b\n", "\"a\""}) {
    std::string_view rest = text;
    EXPECT_EQ(base::take_csv_line(rest), std::nullopt) << text;
  }
}

TEST(CsvTable, NamesMayHaveCommas) {
  const sim::CsvTable read = table(sim::kEnergyCsv, "\"3x3, \"\"same\"\"\",links,0.25\n");
  EXPECT_EQ(read.text(0, "part"), "3x3, \"same\"");
  EXPECT_EQ(read.text(0, "component"), "links");
}

TEST(CsvTable, ReadsNamesAndNumbers) {
  const sim::CsvTable read = table(sim::kEnergyCsv, "conv2,links,0.25\n(chip),chip_clock,1e-3\n");
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read.text(1, "part"), "(chip)");
  EXPECT_EQ(read.value(1, "mj_per_image"), 1e-3);
  EXPECT_THROW(read.text(0, "core"), std::out_of_range);
}

TEST(CsvTable, OnlyImagesHaveGaps) {
  const sim::CsvTable images = table(sim::kImagesCsv, "3,1,2,,,0,\n");
  EXPECT_EQ(images.number(0, "latency_ms"), std::nullopt);
  EXPECT_EQ(images.integer(0, "index"), 3);
  EXPECT_THROW(images.value(0, "mj"), UserError);
  EXPECT_EQ(message(sim::kEnergyCsv, "conv2,links,1\nconv2,links,\n"),
            "file:3: not a complete line of energy.csv");
}

TEST(CsvTable, RefusesWhatIsNotWhole) {
  for (const char* lines : {"conv2,links,1", "conv2,links\n", "conv2,links,1,2\n",
                            "conv2,links,x\n", "conv2,links,nan\n", "\n"}) {
    EXPECT_EQ(message(sim::kEnergyCsv, lines), "file:2: not a complete line of energy.csv")
        << lines;
  }
  EXPECT_THROW(sim::CsvTable("part,component\n", "file", sim::kEnergyCsv), UserError);
  EXPECT_THROW(table(sim::kImagesCsv, "0.5,1,1,,,0,\n").integer(0, "index"), UserError);
}

TEST(Page, ModelAndTitleCannotEndTheirElements) {
  const std::string html =
      Page("a < b & \"c\"", {{"text", "</script><!-- {{scripts}} \xff"}}).html();
  EXPECT_THAT(html, HasSubstr("<title>a &lt; b &amp; &quot;c&quot;</title>"));
  EXPECT_THAT(html, HasSubstr(R"({"text":"\u003c/script>\u003c!-- {{scripts}} \ufffd"})"));
  EXPECT_THAT(html, Not(HasSubstr("{{heading}}")));
  EXPECT_THAT(html, HasSubstr("plotly.js, Copyright Plotly"));
}

TEST(Page, ScriptsComeInOrder) {
  Page page("title", nullptr);
  page.add_scripts({"timeline.js", "energy.js"});
  const std::string html = page.html();
  EXPECT_LT(html.find("spikeloom.chart = "), html.find("spikeloom.timelineSection = "));
  EXPECT_LT(html.find("spikeloom.timelineSection = "), html.find("spikeloom.energySection = "));
  page.add_scripts({"none.js"});
  EXPECT_THROW(page.html(), std::out_of_range);
}

TEST(ImageModel, WithoutLabelsThereAreNoClasses) {
  RunDirectory run;
  run.summary = {{"data", "mnist"}};
  run.images = table(sim::kImagesCsv, "5,,1,,,0,2.5\n6,,7,,,0,\n");
  EXPECT_EQ(image_model(run), ordered_json({{"latency_ms", {2.5}}}));
}

TEST(ImageModel, FilesHaveNoClassNames) {
  RunDirectory run;
  run.summary = {{"data", "fashion-mnist"},
                 {"preprocessing", {{"scale", {1.0}}, {"crop", nullptr}}}};
  run.images = table(sim::kImagesCsv, "5,1,1,,,0,\n");
  EXPECT_EQ(image_model(run)["classes"], ordered_json({"0", "1"}));
  run.summary["preprocessing"].erase("scale");  // of a data set
  EXPECT_EQ(image_model(run)["classes"][1], "trouser");
}

TEST(ImageModel, CountsByClass) {
  RunDirectory run;
  run.summary = {{"data", "mnist"}};
  run.images = table(sim::kImagesCsv, "5,1,1,,,0,2.5\n6,1,7,,,0,\n7,2,2,,,0,3\n8,7,1,,,0,\n");
  run.wrong = base::NpyArray{"|u1", {2, 1, 1, 2}, {0, 255, 16, 32}};
  const ordered_json model = image_model(run);
  EXPECT_EQ(model["classes"].size(), 10U);
  EXPECT_EQ(model["confusion"][1], ordered_json({0, 1, 0, 0, 0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(model["confusion"][7][1], 1);
  EXPECT_EQ(model["latency_ms"], ordered_json({2.5, 3.0}));
  EXPECT_EQ(model["wrong"]["total"], 2);
  EXPECT_EQ(model["wrong"]["shape"], ordered_json({1, 1, 2}));
  EXPECT_EQ(model["wrong"]["images"],
            ordered_json({{{"index", 6}, {"label", 1}, {"predicted", 7}, {"pixels", "AP8="}},
                          {{"index", 8}, {"label", 7}, {"predicted", 1}, {"pixels", "ECA="}}}));
  run.wrong->shape[0] = 1;
  EXPECT_THROW(image_model(run), UserError);
  run.images = table(sim::kImagesCsv, "0,-1,1,,,0,\n");
  EXPECT_THROW(image_model(run), UserError);
}

TEST(TimelineModel, CountsWhatBoundsTheTicksThatCount) {
  RunDirectory run;
  run.summary = {{"layers", {{{"name", "input"}}, {{"name", "conv2"}}}}};
  run.power = table(sim::kPowerCsv, "0,0,0,108,1,1,0\n1,1,0.5,208,1,1,1\n2,2,1,308,1,1,1\n");
  run.timeline = table(sim::kTimelineCsv,
                       "0,input,-1,0,100,packets\n0,conv2,3,90,95,\n"
                       "1,input,-1,0,150,\n1,conv2,4,200,160,core\n"
                       "2,input,-1,0,300,packets\n2,conv2,3,90,95,\n");
  const ordered_json model = timeline_model(run);
  EXPECT_EQ(model["total"], 2);
  ASSERT_EQ(model["ticks"].size(), 2U);
  EXPECT_EQ(model["ticks"][0]["tick"], 1);
  EXPECT_EQ(model["ticks"][0]["parts"][1], ordered_json({4, 200, 160, "core"}));
  EXPECT_EQ(model["bounds"],
            ordered_json({{{"part", 0}, {"bound", "packets"}, {"core", -1}, {"ticks", 1}},
                          {{"part", 1}, {"bound", "core"}, {"core", 4}, {"ticks", 1}}}));
}

TEST(PublishedModel, KnowsNetworksByTheirNames) {
  ordered_json summary = {{"network", "lenet-mnist-k1b2"},
                          {"data", "mnist"},
                          {"spikes_per_image", 2.0 * 16861.0},
                          {"ms_per_image", 1.0},
                          {"mj_per_image", nullptr}};
  const ordered_json model = published_model(summary);
  EXPECT_EQ(model["accuracy"], 0.9937);
  EXPECT_DOUBLE_EQ(model["ms_per_image"]["published"].get<double>(), 0.38);
  EXPECT_DOUBLE_EQ(model["ms_per_image"]["scaled"].get<double>(), 0.5);
  EXPECT_TRUE(model["mj_per_image"]["scaled"].is_null());
  summary["data"] = "fashion-mnist";
  EXPECT_TRUE(published_model(summary).is_null());
  summary["data"] = "cifar-10";
  for (const char* network : {"vgg-cifar10-k1b2", "vgg-cifar10-k1b2-validation"}) {
    summary["network"] = network;
    EXPECT_EQ(published_model(summary)["accuracy"], 0.9191) << network;
  }
}

RunDirectory configured(const ordered_json& chip, const ordered_json& settings) {
  RunDirectory run;
  run.summary = {{"network", "net"}, {"data", "none"}};
  for (const char* key : {"chip", "energy", "timing", "seed", "objective", "faults", "first",
                          "images", "pipeline", "coefficients", "files"}) {
    run.summary[key] = "same";
  }
  run.summary["chip_description"] = chip;
  run.summary["settings"] = settings;
  return run;
}

TEST(ComparisonModel, ListsTheKeysThatDiffer) {
  const ordered_json model = comparison_model(
      {configured({{"core", {{"axons", 4}, {"dendrites", 8}}}}, {"a=1"}),
       configured({{"core", {{"axons", 5}, {"dendrites", 8}, {"more", true}}}}, {"a=1"})});
  EXPECT_EQ(model["differences"],
            ordered_json({{{"key", "chip_description.core.axons"}, {"values", {4, 5}}},
                          {{"key", "chip_description.core.more"}, {"values", {nullptr, true}}}}));
  EXPECT_EQ(model["runs"].size(), 2U);
}

}  // namespace
}  // namespace spikeloom::cli
