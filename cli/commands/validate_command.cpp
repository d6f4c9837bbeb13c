// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/command_line/command_list.h"
#include "cli/command_line/output_options.h"
#include "spikeloom/explore/validation/validation.h"
#include "spikeloom/sim/results/results.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/simulation/workers.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

constexpr int kOutside = 1;

explore::CaseResult run_case(const explore::ValidationCase& item, std::vector<std::string> settings,
                             unsigned workers, base::ProgressSink* sink) {
  // Settings of the command line come last, so that they take precedence.
  settings.insert(settings.begin(),
                  {fmt::format("images={}", item.images), "first=0", "timing=cycle"});
  sim::RunRequest request;
  request.run = item.run;
  request.settings = std::move(settings);
  const sim::PreparedRun prepared = sim::prepare_run(request, sink);
  const sim::RangeResult result =
      sim::run_workers(prepared.simulation(), prepared.first, prepared.count, workers, sink);
  const sim::EnergyReport energy(prepared.config.energy, prepared.deployment, result);
  return explore::compare(item,
                          sim::summarize(prepared.config, prepared.deployment, result, &energy),
                          prepared.deployment);
}

CommandLine line() {
  CommandLine line{{}, {{"validation", "VALIDATION.yaml"}}};
  line.options.add_options()("jobs,j",
                             options::value<unsigned>()->default_value(1)->value_name("N"),
                             "worker processes; the results are the same for any number")(
      "case", options::value<std::vector<std::string>>()->composing()->value_name("NAME"),
      "only this case")("images", options::value<std::string>()->value_name("N"),
                        "number of images of each case")(
      "set", options::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
      "a key of the run files, or of a file that they name");
  add_output_options(line.options);
  return line;
}

int run(const options::variables_map& values) {
  std::vector<std::string> names;
  if (values.count("case") != 0) names = values["case"].as<std::vector<std::string>>();
  const explore::Validation validation =
      explore::load_validation(values["validation"].as<std::string>(), names);
  std::vector<std::string> settings = validation.settings;
  if (values.count("images") != 0) {
    settings.push_back("images=" + values["images"].as<std::string>());
  }
  if (values.count("set") != 0) {
    const auto& set = values["set"].as<std::vector<std::string>>();
    settings.insert(settings.end(), set.begin(), set.end());
  }
  std::vector<explore::CaseResult> results;
  for (const explore::ValidationCase& item : validation.cases) {
    results.push_back(
        run_case(item, settings, values["jobs"].as<unsigned>(), progress_sink(values)));
  }
  print_result(values, explore::format(validation, results),
               [&] { return explore::to_json(validation, results); });
  return explore::passes(results) ? 0 : kOutside;
}

}  // namespace

const Command kValidateCommand = {
    "validate",
    "Compare the model with published silicon",
    "Exit status 1 where a figure is further from the published one than its tolerance.",
    "spikeloom validate configs/validation/zou2021.yaml -j 2",
    line,
    run};

}  // namespace spikeloom::cli
