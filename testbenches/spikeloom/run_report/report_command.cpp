// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "common/envelope.h"
#include "common/error.h"
#include "common/version.h"
#include "testbenches/spikeloom/command_line/command_list.h"
#include "testbenches/spikeloom/page/page.h"
#include "testbenches/spikeloom/run_report/comparison_model.h"
#include "testbenches/spikeloom/run_report/run_directory.h"
#include "testbenches/spikeloom/run_report/run_model.h"

namespace spikeloom::program {
namespace {

namespace fs = std::filesystem;
namespace options = boost::program_options;

/// So many can be told apart in a chart.
constexpr std::size_t kMostRuns = 8;

/// Scripts of the pages, in the order in which they run; the last one draws.
constexpr const char* kRunScripts[] = {"headline.js", "energy.js", "floor_plan.js",
                                       "timeline.js", "images.js", "provenance.js",
                                       "run_page.js"};
constexpr const char* kComparisonScripts[] = {"headline.js", "comparison_page.js"};

Page run_page(const RunDirectory& run) {
  nlohmann::ordered_json model = run_model(run);
  model["program"] = common::kVersion;
  Page page(fmt::format("{} on {}", run.summary.at("name").get<std::string>(),
                        run.summary.at("chip").get<std::string>()),
            std::move(model));
  for (const char* script : kRunScripts) page.add_script(script);
  return page;
}

Page comparison_page(const std::vector<RunDirectory>& runs) {
  nlohmann::ordered_json model = comparison_model(runs);
  model["program"] = common::kVersion;
  Page page(fmt::format("{} runs compared", runs.size()), std::move(model));
  for (const char* script : kComparisonScripts) page.add_script(script);
  return page;
}

std::string make_page(const std::vector<RunDirectory>& runs) {
  try {
    return runs.size() == 1 ? run_page(runs[0]).html() : comparison_page(runs).html();
  } catch (const nlohmann::json::exception& error) {
    throw common::UserError(
        fmt::format("{}: a summary.json is damaged: {}", runs[0].path, error.what()));
  }
}

CommandLine line() {
  CommandLine line{{}, {{"directory", "DIR", true}}};
  line.options.add_options()("output,o", options::value<std::string>()->value_name("FILE.html"),
                             "the page (default: report.html in the first directory)");
  return line;
}

int run(const options::variables_map& values) {
  const auto& directories = values["directory"].as<std::vector<std::string>>();
  if (directories.size() > kMostRuns) {
    throw common::UserError(fmt::format("spikeloom report: got {} directories, allowed 1..{}",
                                        directories.size(), kMostRuns));
  }
  std::vector<RunDirectory> runs;
  for (const std::string& path : directories) {
    runs.push_back(RunDirectory::read(path));
  }
  const std::string output = values.count("output") != 0
                                 ? values["output"].as<std::string>()
                                 : (fs::path(runs[0].path) / "report.html").string();
  common::write_file(output, make_page(runs));
  std::cout << output << "\n";
  return 0;
}

}  // namespace

const Command kReportCommand = {
    "report",
    "Draw the results of a run, or of several beside each other, as a page of HTML",
    "The page needs no network and no other file.",
    "spikeloom run configs/runs/lenet-fashion.yaml --images 20 -o mesh\n"
    "spikeloom report mesh\n"
    "spikeloom run configs/runs/lenet-fashion.yaml --images 20 -o tree \\\n"
    "    --set chip.topology=quadtree\n"
    "spikeloom report mesh tree -o comparison.html",
    line,
    run};

}  // namespace spikeloom::program
