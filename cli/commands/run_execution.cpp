// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/run_execution.h"

#include <chrono>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/command_line/output_options.h"
#include "cli/command_line/trace_options.h"
#include "cli/terminal/summary_table.h"
#include "spikeloom/base/directory.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/sim/results/activity_files.h"
#include "spikeloom/sim/results/csv_file.h"
#include "spikeloom/sim/results/level_files.h"
#include "spikeloom/sim/results/profile_file.h"
#include "spikeloom/sim/results/result_files.h"
#include "spikeloom/sim/results/results.h"
#include "spikeloom/sim/results/summary_json.h"
#include "spikeloom/sim/results/wrong_images.h"
#include "spikeloom/sim/simulation/spike_trace_writer.h"
#include "spikeloom/sim/simulation/workers.h"

namespace spikeloom::cli {
namespace {

namespace fs = std::filesystem;
namespace options = boost::program_options;

void write_results(const fs::path& directory, const sim::PreparedRun& prepared,
                   const sim::ShareResult& result, const sim::EnergyReport* energy,
                   bool tick_events, const nlohmann::ordered_json& json) {
  base::write_file((directory / sim::kProfileFile).string(),
                   sim::make_profile(prepared.network, result).encode());
  base::write_file((directory / "summary.json").string(), json.dump(2) + "\n");
  const auto write = [&](const sim::CsvFile& file, const std::string& text) {
    base::write_file((directory / file.name).string(), text);
  };
  write(sim::kImagesCsv, sim::images_csv(result, prepared.deployment, energy));
  // A recorded input has no pixels.
  if (prepared.recorded) {
    fs::remove(directory / sim::kWrongImagesFile);
  } else {
    base::write_file((directory / sim::kWrongImagesFile).string(),
                     sim::wrong_images_npy(prepared.data, result));
  }
  // None of an earlier run beside this one's summary.
  for (const sim::CsvFile& file : sim::kCycleFiles) fs::remove(directory / file.name);
  if (energy == nullptr) return;
  write(sim::kEventsCsv, sim::events_csv(*energy));
  write(sim::kEnergyCsv, sim::energy_csv(*energy));
  write(sim::kCoresCsv, sim::cores_csv(*energy, prepared.deployment));
  write(sim::kPowerCsv, sim::power_csv(*energy, result, prepared.deployment.chip));
  write(sim::kActivityCsv, sim::activity_csv(result, prepared.deployment));
  write(sim::kLinksCsv, sim::links_csv(result, prepared.deployment));
  write(sim::kTimelineCsv, sim::timeline_csv(result, prepared.deployment));
  if (tick_events) write(sim::kTicksCsv, sim::ticks_csv(*energy));
}

int execute(const sim::PreparedRun& prepared, const options::variables_map& values,
            std::chrono::steady_clock::time_point start) {
  const fs::path directory =
      values.count("output") != 0
          ? fs::path(values["output"].as<std::string>())
          : fs::path("results") / (prepared.config.name + "-" + sim::name(prepared.config.timing));
  // A place that cannot be written is better known before the run than after.
  base::make_directory(directory);
  sim::Simulation simulation = prepared.simulation();
  simulation.verify_config = values.count("verify-config") != 0;
  // From here on there are files to take back.
  const base::StopGuard guard;
  std::optional<sim::LevelFiles> levels;
  if (values.count("record-levels") != 0) {
    levels.emplace(values["record-levels"].as<std::string>(), prepared.network, prepared.count);
  }
  std::optional<sim::SpikeTraceWriter> spikes;
  if (values.count("record-spikes") != 0) {
    spikes.emplace(values["record-spikes"].as<std::string>(), simulation, prepared.first,
                   prepared.count);
  }
  if (levels || spikes) {
    simulation.observe = [&](const sim::Observation& seen) {
      if (levels) levels->write(seen.account, seen.image - prepared.first, seen.levels);
      if (spikes) spikes->write(seen);
    };
  }
  const std::unique_ptr<RunTrace> trace = RunTrace::make(values, prepared);
  if (trace) trace->ask(simulation);
  sim::ShareResult result;
  try {
    result = sim::run_workers(simulation, prepared.first, prepared.count,
                              values["jobs"].as<unsigned>(), is_quiet(values));
  } catch (const sim::ChipStopped&) {
    // What led to it is worth a look.
    if (trace) trace->finish();
    throw;
  }
  std::optional<sim::EnergyReport> energy;
  if (prepared.config.timing == hw::Timing::kCycle) {
    energy.emplace(prepared.config.energy, prepared.deployment, result);
  }
  const sim::EnergyReport* const report = energy ? &*energy : nullptr;
  const sim::Summary summary = sim::summarize(prepared.config, prepared.deployment, result, report);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const nlohmann::ordered_json json =
      sim::to_json(summary, prepared.config, prepared.deployment, wall.count());
  if (levels) levels->finish();
  if (spikes) spikes->finish();
  if (trace) trace->finish();
  write_results(directory, prepared, result, report, values.count("tick-events") != 0, json);
  print_result(
      values,
      table(summary, prepared.config, prepared.deployment) +
          fmt::format("\nseed {}; results in {}\n", prepared.config.seed, directory.string()),
      [&] { return json; });
  return 0;
}

}  // namespace

void add_execution_options(options::options_description& description) {
  description.add_options()("jobs,j", options::value<unsigned>()->default_value(1)->value_name("N"),
                            "worker processes; the results are the same for any number")(
      "output,o", options::value<std::string>()->value_name("DIR"),
      "directory of the results (default: results/NAME-TIMING)")(
      "record-levels", options::value<std::string>()->value_name("DIR"),
      "also write every layer's spikes of every image to this directory, as NumPy arrays")(
      "record-spikes", options::value<std::string>()->value_name("FILE.npz"),
      "also write every spike, the input's included, as a NumPy archive (docs/waveforms.md)")(
      "tick-events", "also write each tick's events and energies (ticks.csv)")(
      "verify-config", "read back all of the loaded memory over the bus and compare");
  add_trace_options(description);
  add_output_options(description);
}

int execute_run(const options::variables_map& values,
                sim::PreparedRun (*prepare)(const options::variables_map&)) {
  const auto start = std::chrono::steady_clock::now();
  return execute(prepare(values), values, start);
}

}  // namespace spikeloom::cli
