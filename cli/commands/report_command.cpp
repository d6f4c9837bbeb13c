// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/command_line/command_list.h"
#include "cli/page/page.h"
#include "cli/run_report/run_page.h"
#include "cli/sweep_report/sweep_page.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"

namespace spikeloom::cli {
namespace {

namespace fs = std::filesystem;
namespace options = boost::program_options;

Page page_of(const std::vector<std::string>& directories) {
  const auto sweep = std::find_if(directories.begin(), directories.end(), has_sweep);
  if (sweep == directories.end()) return run_page(directories);
  if (directories.size() > 1) {
    throw base::UserError(
        fmt::format("spikeloom report: {} has results of a sweep, which need a page of their own: "
                    "got {} directories, allowed 1",
                    *sweep, directories.size()));
  }
  return sweep_page(*sweep, std::cerr);
}

CommandLine report_line() {
  CommandLine line{{}, {{"directory", "DIR", true}}};
  line.options.add_options()("output,o", options::value<std::string>()->value_name("FILE.html"),
                             "the page (default: report.html in the first directory)");
  return line;
}

int run_report(const options::variables_map& values) {
  if (!Page::available()) {
    throw base::UserError(
        "spikeloom report: this program was built without pages: build it with "
        "-DSPIKELOOM_PAGES=ON, which needs plotly.js and esbuild");
  }
  const auto& directories = values["directory"].as<std::vector<std::string>>();
  const std::string output = values.count("output") != 0
                                 ? values["output"].as<std::string>()
                                 : (fs::path(directories[0]) / "report.html").string();
  base::write_file(output, page_of(directories).html());
  std::cout << output << "\n";
  return 0;
}

}  // namespace

const Command kReportCommand = {
    "report",
    "Draw the results of a run, of several beside each other, or of a sweep, as a page of HTML",
    "The page needs no network and no other file. Several directories are runs to compare; that of "
    "a sweep, which need not be finished, has a page of its own.",
    "spikeloom run configs/runs/lenet-fashion.yaml --images 20 -o mesh\n"
    "spikeloom report mesh\n"
    "spikeloom run configs/runs/lenet-fashion.yaml --images 20 -o tree \\\n"
    "    --set chip.topology=quadtree\n"
    "spikeloom report mesh tree -o comparison.html\n"
    "spikeloom sweep configs/sweeps/links.yaml -o links\n"
    "spikeloom report links",
    report_line,
    run_report};

}  // namespace spikeloom::cli
