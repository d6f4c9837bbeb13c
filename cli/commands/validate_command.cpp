// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/cache_option.h"
#include "cli/command_line/command_list.h"
#include "cli/command_line/output_options.h"
#include "spikeloom/base/content_hash.h"
#include "spikeloom/explore/validation/validation.h"
#include "spikeloom/mapper/does_not_fit.h"
#include "spikeloom/sim/inputs/data_set.h"
#include "spikeloom/sim/inputs/network_file.h"
#include "spikeloom/sim/results/results.h"
#include "spikeloom/sim/run/mapping_cache.h"
#include "spikeloom/sim/run/mapping_name.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/simulation/workers.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

constexpr int kOutside = 1;

/// Options of the command line that all runs share.
struct Choices {
  std::vector<std::string> settings;  ///< take precedence over those of the files
  unsigned workers;
  base::ProgressSink* sink;
  std::optional<sim::MappingCache> cache;
};

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// The mapping of the last run. The next run takes it if its own would be the same.
struct LastMapping {
  std::string name;
  arch::Deployment deployment;
};

/// Prepares a run, with the mapping of `last` if it can, and notes the name of its own there. The
/// caller hands over the deployment after the run.
sim::PreparedRun prepare(const sim::RunRequest& request, LastMapping& last,
                         const Choices& choices) {
  sim::RunConfig config = sim::load_run(request.run, request.settings);
  if (config.workload) return sim::prepare_workload(std::move(config));
  converter::SpikingNetwork network = sim::load_network(config.network);
  sim::DataSet data = sim::load_data_set(config.data, config.path);
  std::optional<arch::Deployment> deployment;
  std::string name;
  if (config.deployment.empty()) {
    name = sim::mapping_name(config, base::content_hash(network.encode()));
    if (name == last.name) deployment = std::move(last.deployment);
  }
  last = {};
  sim::PreparedRun prepared = sim::prepare_run(std::move(config), std::move(network),
                                               std::move(data), std::move(deployment), choices.sink,
                                               choices.cache ? &*choices.cache : nullptr);
  last.name = std::move(name);
  return prepared;
}

explore::CaseRun run_activity(const explore::Validation& validation,
                              const explore::Mechanism& mechanism,
                              const explore::ValidationCase& item,
                              const explore::Activity& activity, const Choices& choices,
                              LastMapping& last) {
  sim::RunRequest request;
  request.run = item.run;
  request.settings = {"first=0", "timing=cycle"};
  append(request.settings, validation.settings);
  append(request.settings, item.settings);
  append(request.settings, mechanism.settings);
  for (const explore::Parameter& parameter : mechanism.parameters) {
    request.settings.push_back(parameter.setting());
  }
  append(request.settings, activity.settings);
  append(request.settings, choices.settings);
  sim::PreparedRun prepared = prepare(request, last, choices);
  const sim::RangeResult result = sim::run_workers(prepared.simulation(), prepared.first,
                                                   prepared.count, choices.workers, choices.sink);
  const sim::EnergyReport energy(prepared.config.energy, prepared.deployment, result);
  explore::CaseRun run = explore::measure(
      item, activity.name, sim::summarize(prepared.config, prepared.deployment, result, &energy),
      energy, prepared.deployment);
  last.deployment = std::move(prepared.deployment);
  return run;
}

/// Notes that the case does not run under the mechanism.
void refuse(explore::CaseResult& item, const std::string& reason) {
  item.runs.clear();
  item.refusal = reason;
}

explore::MechanismResult run_mechanism(const explore::Validation& validation,
                                       const explore::Mechanism& mechanism,
                                       const Choices& choices) {
  explore::MechanismResult result{mechanism, {}};
  for (const explore::ValidationCase& item : validation.cases) {
    explore::CaseResult& compared = result.cases.emplace_back();
    compared.published = item;
    LastMapping last;
    try {
      for (const explore::Activity& activity : item.activities) {
        compared.runs.push_back(run_activity(validation, mechanism, item, activity, choices, last));
      }
    } catch (const mapper::DoesNotFit& error) {
      refuse(compared, error.what());
    } catch (const sim::ChipStopped& error) {
      refuse(compared, error.what());
    }
  }
  return result;
}

CommandLine validate_line() {
  CommandLine line{{}, {{"validation", "VALIDATION.yaml"}}};
  line.options.add_options()("jobs,j",
                             options::value<unsigned>()->default_value(1)->value_name("N"),
                             "worker processes; the results are the same for any number")(
      "case", options::value<std::vector<std::string>>()->composing()->value_name("NAME"),
      "only this case")("mechanism",
                        options::value<std::vector<std::string>>()->composing()->value_name("NAME"),
                        "only this mechanism")(
      "images", options::value<std::string>()->value_name("N"), "number of images of each case")(
      "set", options::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
      "a key of the run files, or of a file that they name");
  line.options.add_options()(
      "sensitivity", options::value<double>()->value_name("PERCENT"),
      "also print how much the energies grow if each coefficient grows by so much");
  add_cache_option(line.options);
  add_output_options(line.options);
  return line;
}

std::vector<std::string> texts(const options::variables_map& values, const char* option) {
  if (values.count(option) == 0) return {};
  return values[option].as<std::vector<std::string>>();
}

int run_validate(const options::variables_map& values) {
  const explore::Validation validation = explore::load_validation(
      values["validation"].as<std::string>(), {texts(values, "case"), texts(values, "mechanism")});
  Choices choices{{}, values["jobs"].as<unsigned>(), progress_sink(values), mapping_cache(values)};
  if (values.count("images") != 0) {
    choices.settings.push_back("images=" + values["images"].as<std::string>());
  }
  append(choices.settings, texts(values, "set"));
  std::vector<explore::MechanismResult> results;
  for (const explore::Mechanism& mechanism : validation.mechanisms) {
    results.push_back(run_mechanism(validation, mechanism, choices));
  }
  std::string text = explore::format(validation, results);
  if (values.count("sensitivity") != 0) {
    text += explore::format_sensitivity(results, values["sensitivity"].as<double>());
  }
  print_result(values, text, [&] { return explore::to_json(validation, results); });
  return explore::passes(validation, results) ? 0 : kOutside;
}

}  // namespace

const Command kValidateCommand = {
    "validate",
    "Compare the model with published silicon",
    "Runs each case of the file under each of its mechanisms, which are hypotheses about the\n"
    "silicon, and compares time, energy and other figures with the published ones. Exit status 1\n"
    "if a figure is further from the published one than its tolerance.",
    "spikeloom validate configs/validation/zou2021.yaml -j 2",
    validate_line,
    run_validate};

}  // namespace spikeloom::cli
