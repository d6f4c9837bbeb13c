// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "common/error.h"
#include "testbenches/spikeloom/command.h"
#include "testbenches/spikeloom/comparison.h"
#include "testbenches/spikeloom/prepared_run.h"
#include "testbenches/spikeloom/progress.h"
#include "testbenches/spikeloom/run_comparison.h"
#include "testbenches/spikeloom/simulation.h"
#include "testbenches/spikeloom/stop_guard.h"
#include "testbenches/spikeloom/workers.h"

namespace spikeloom::program {
namespace {

namespace options = boost::program_options;

constexpr int kDifferent = 1;

int report(const std::optional<std::string>& difference, const PreparedRun& prepared,
           std::uint64_t compared) {
  if (difference) {
    std::cout << "first difference: " << *difference;
    return kDifferent;
  }
  std::cout << fmt::format("no difference: {} images, {} layers, {} neurons compared, timing {}\n",
                           prepared.count, prepared.network.layers.size(), compared,
                           name(prepared.config.timing));
  return 0;
}

int diff_with_reference(const PreparedRun& prepared, bool quiet) {
  Comparison comparison(prepared.network, prepared.deployment);
  Progress progress("images", prepared.count, quiet);
  const StopGuard guard;
  Simulation simulation = prepared.simulation();
  simulation.observe = [&](const Observation& seen) { comparison.observe(seen); };
  simulation.progress = [&] {
    if (StopGuard::signal() != 0) throw Stopped(StopGuard::signal());
    progress.advance(1);
  };
  simulate(simulation, {prepared.first, prepared.count, 0, false});
  std::optional<std::string> difference;
  if (comparison.first()) difference = comparison.first()->text;
  return report(difference, prepared, comparison.compared());
}

/// The run to compare with: its own settings, the same images.
PreparedRun prepare_against(const options::variables_map& values, const PreparedRun& prepared) {
  std::vector<std::string> settings;
  if (values.count("against-set") != 0) {
    settings = values["against-set"].as<std::vector<std::string>>();
  }
  settings.push_back(fmt::format("first={}", prepared.first));
  settings.push_back(fmt::format("images={}", prepared.count));
  return prepare_run(values["against"].as<std::string>(), settings);
}

int run(const Command& command, const std::vector<std::string>& arguments) {
  options::options_description description("options");
  add_run_options(description);
  description.add_options()("against", options::value<std::string>()->value_name("RUN.yaml"),
                            "compare with this run on the same images, not with the reference")(
      "against-set",
      options::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
      "as --set, for the run of --against; --set and --timing are for the first run alone")(
      "quiet", "no progress");
  const auto values = parse_arguments(
      command, description, options::positional_options_description().add("run", 1), arguments);
  if (values.count("help") != 0) return 0;
  const bool quiet = values.count("quiet") != 0;
  const PreparedRun prepared = prepare_run(values);
  if (values.count("against") == 0) {
    if (values.count("against-set") != 0) {
      throw common::UserError("spikeloom diff: --against-set needs --against");
    }
    return diff_with_reference(prepared, quiet);
  }
  const RunComparison result = compare_runs(prepared, prepare_against(values, prepared), quiet);
  return report(result.difference, prepared, result.compared);
}

}  // namespace

const Command kDiffCommand = {
    "diff", "Compare every layer's spikes with the exact integer reference, or another run's",
    "spikeloom diff RUN.yaml [--images N] [--first I] [--timing cycle|functional]\n"
    "                      [--board auto] [--set key=value]...\n"
    "                      [--against RUN.yaml [--against-set key=value]...]",
    "spikeloom diff configs/runs/lenet-fashion.yaml --images 1000 --timing functional\n"
    "  spikeloom diff configs/runs/lenet-fashion.yaml --images 20 \\\n"
    "    --against configs/runs/lenet-fashion.yaml --against-set chip.core.axons=2048",
    run};

}  // namespace spikeloom::program
