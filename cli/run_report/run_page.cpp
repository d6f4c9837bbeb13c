// SPDX-License-Identifier: Apache-2.0
#include "cli/run_report/run_page.h"

#include <fmt/format.h>

#include "cli/run_report/comparison_model.h"
#include "cli/run_report/run_directory.h"
#include "cli/run_report/run_model.h"
#include "spikeloom/base/error.h"

namespace spikeloom::cli {
namespace {

Page page_of_one(const RunDirectory& run) {
  Page page(fmt::format("{} on {}", run.summary.at("name").get<std::string>(),
                        run.summary.at("chip").get<std::string>()),
            run_model(run));
  page.add_scripts({"headline.js", "energy.js", "floor_plan.js", "timeline.js", "images.js",
                    "provenance.js", "run_page.js"});
  return page;
}

Page page_of_several(const std::vector<RunDirectory>& runs) {
  Page page(fmt::format("{} runs compared", runs.size()), comparison_model(runs));
  page.add_scripts({"headline.js", "comparison_page.js"});
  return page;
}

}  // namespace

Page run_page(const std::vector<std::string>& directories) {
  if (directories.size() > kMaxRuns) {
    throw base::UserError(fmt::format("spikeloom report: got {} directories, allowed 1..{}",
                                      directories.size(), kMaxRuns));
  }
  std::vector<RunDirectory> runs;
  for (const std::string& path : directories) runs.push_back(RunDirectory::read(path));
  try {
    return runs.size() == 1 ? page_of_one(runs[0]) : page_of_several(runs);
  } catch (const nlohmann::json::exception& error) {
    throw base::UserError(
        fmt::format("{}: a summary.json is damaged: {}", runs[0].path, error.what()));
  }
}

}  // namespace spikeloom::cli
