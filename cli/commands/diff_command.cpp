// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/command_line/cache_option.h"
#include "cli/command_line/command_list.h"
#include "cli/command_line/output_options.h"
#include "cli/command_line/run_options.h"
#include "cli/terminal/exit_status.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/explore/comparison/comparison.h"
#include "spikeloom/explore/comparison/run_comparison.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

int report(const options::variables_map& values, const sim::PreparedRun& prepared,
           const std::optional<std::string>& difference, std::uint64_t compared) {
  const std::size_t layers = prepared.network.layers.size();
  const std::string_view timing = name(prepared.config.timing);
  print_result(
      values,
      difference
          ? "first difference: " + *difference
          : fmt::format("no difference: {} images, {} layers, {} neurons compared, timing {}\n",
                        prepared.count, layers, compared, timing),
      [&] {
        return nlohmann::ordered_json{
            {"matches", !difference},
            {"images", prepared.count},
            {"layers", layers},
            {"neurons_compared", compared},
            {"timing", timing},
            {"first_difference", difference ? nlohmann::ordered_json(*difference) : nullptr}};
      });
  return difference ? kDifferent : 0;
}

int diff_with_reference(const options::variables_map& values, const sim::PreparedRun& prepared) {
  explore::Comparison comparison(prepared.network, prepared.deployment);
  const base::StopGuard guard;
  base::Progress progress(progress_sink(values), "images", prepared.count);
  sim::Simulation simulation = prepared.simulation();
  simulation.observe = [&](const sim::Observation& seen) { comparison.observe(seen); };
  simulation.progress = [&] {
    base::StopGuard::check();
    progress.advance(1);
  };
  sim::simulate(simulation, {prepared.first, prepared.count, 0, false});
  std::optional<std::string> difference;
  if (comparison.first()) difference = comparison.first()->text;
  return report(values, prepared, difference, comparison.compared());
}

void require_network(const sim::RunRequest& request) {
  sim::require_network(sim::load_run(request.run, request.settings));
}

/// Prepares the run to compare with: its own settings, the same images.
sim::PreparedRun prepare_against(const options::variables_map& values,
                                 const sim::PreparedRun& prepared) {
  sim::RunRequest request;
  request.run = values["against"].as<std::string>();
  if (values.count("against-set") != 0) {
    request.settings = values["against-set"].as<std::vector<std::string>>();
  }
  request.cache = mapping_cache(values);
  require_network(request);
  request.settings.push_back(fmt::format("first={}", prepared.first));
  request.settings.push_back(fmt::format("images={}", prepared.count));
  return sim::prepare_run(request, progress_sink(values));
}

CommandLine diff_line() {
  CommandLine line{{}, {{"run", "RUN.yaml"}}};
  add_image_options(line.options);
  add_run_options(line.options);
  line.options.add_options()("against", options::value<std::string>()->value_name("RUN.yaml"),
                             "compare with this run on the same images, not with the reference")(
      "against-set",
      options::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
      "as --set, for the run of --against; --set and --timing are for the first run alone");
  add_output_options(line.options);
  return line;
}

int run_diff(const options::variables_map& values) {
  const sim::RunRequest request = run_request(values);
  require_network(request);
  const sim::PreparedRun prepared = sim::prepare_run(request, progress_sink(values));
  if (values.count("against") == 0) {
    if (values.count("against-set") != 0) {
      throw base::UserError("spikeloom diff: --against-set needs --against");
    }
    return diff_with_reference(values, prepared);
  }
  const explore::RunComparison result =
      explore::compare_runs(prepared, prepare_against(values, prepared), progress_sink(values));
  return report(values, prepared, result.difference, result.compared);
}

}  // namespace

const Command kDiffCommand = {
    "diff",
    "Compare every layer's spikes with the exact integer reference, or another run's",
    "Exit status 1 where they differ: the first difference is printed with image, layer, neuron, "
    "tick, core, potential and threshold.",
    "spikeloom diff configs/runs/lenet-fashion.yaml --images 1000 \\\n"
    "    --timing functional\n"
    "spikeloom diff configs/runs/lenet-fashion.yaml --images 20 \\\n"
    "    --against configs/runs/lenet-fashion.yaml \\\n"
    "    --against-set chip.core.axons=2048",
    diff_line,
    run_diff};

}  // namespace spikeloom::cli
