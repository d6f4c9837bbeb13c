// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/run/run_execution.h"

#include <chrono>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/error.h"
#include "common/file.h"
#include "testbenches/spikeloom/command_line/output_options.h"
#include "testbenches/spikeloom/files/directory.h"
#include "testbenches/spikeloom/results/activity_files.h"
#include "testbenches/spikeloom/results/csv_file.h"
#include "testbenches/spikeloom/results/level_files.h"
#include "testbenches/spikeloom/results/profile_file.h"
#include "testbenches/spikeloom/results/result_files.h"
#include "testbenches/spikeloom/results/results.h"
#include "testbenches/spikeloom/results/summary_json.h"
#include "testbenches/spikeloom/results/summary_table.h"
#include "testbenches/spikeloom/results/wrong_images.h"
#include "testbenches/spikeloom/run/trace_options.h"
#include "testbenches/spikeloom/simulation/spike_trace_writer.h"
#include "testbenches/spikeloom/simulation/workers.h"
#include "testbenches/spikeloom/terminal/stop_guard.h"

namespace spikeloom::program {
namespace {

namespace fs = std::filesystem;
namespace options = boost::program_options;

void write_results(const fs::path& directory, const PreparedRun& prepared,
                   const ShareResult& result, const EnergyReport* energy, bool tick_events,
                   const nlohmann::ordered_json& json) {
  common::write_file((directory / kProfileFile).string(),
                     make_profile(prepared.network, result).encode());
  common::write_file((directory / "summary.json").string(), json.dump(2) + "\n");
  const auto write = [&](const CsvFile& file, const std::string& text) {
    common::write_file((directory / file.name).string(), text);
  };
  write(kImagesCsv, images_csv(result, prepared.deployment, energy));
  // A recorded input has no pixels.
  if (prepared.recorded) {
    fs::remove(directory / kWrongImagesFile);
  } else {
    common::write_file((directory / kWrongImagesFile).string(),
                       wrong_images_npy(prepared.data, result));
  }
  // None of an earlier run beside this one's summary.
  for (const CsvFile& file : kCycleFiles) fs::remove(directory / file.name);
  if (energy == nullptr) return;
  write(kEventsCsv, events_csv(*energy));
  write(kEnergyCsv, energy_csv(*energy));
  write(kCoresCsv, cores_csv(*energy, prepared.deployment));
  write(kPowerCsv, power_csv(*energy, result, prepared.deployment.chip));
  write(kActivityCsv, activity_csv(result, prepared.deployment));
  write(kLinksCsv, links_csv(result, prepared.deployment));
  write(kTimelineCsv, timeline_csv(result, prepared.deployment));
  if (tick_events) write(kTicksCsv, ticks_csv(*energy));
}

int execute(const PreparedRun& prepared, const options::variables_map& values,
            std::chrono::steady_clock::time_point start) {
  const fs::path directory =
      values.count("output") != 0
          ? fs::path(values["output"].as<std::string>())
          : fs::path("results") / (prepared.config.name + "-" + name(prepared.config.timing));
  // A place that cannot be written is better known before the run than after.
  make_directory(directory);
  Simulation simulation = prepared.simulation();
  simulation.verify_config = values.count("verify-config") != 0;
  // From here on there are files to take back.
  const StopGuard guard;
  std::optional<LevelFiles> levels;
  if (values.count("record-levels") != 0) {
    levels.emplace(values["record-levels"].as<std::string>(), prepared.network, prepared.count);
  }
  std::optional<SpikeTraceWriter> spikes;
  if (values.count("record-spikes") != 0) {
    spikes.emplace(values["record-spikes"].as<std::string>(), simulation, prepared.first,
                   prepared.count);
  }
  if (levels || spikes) {
    simulation.observe = [&](const Observation& seen) {
      if (levels) levels->write(seen.account, seen.image - prepared.first, seen.levels);
      if (spikes) spikes->write(seen);
    };
  }
  const std::unique_ptr<RunTrace> trace = RunTrace::make(values, prepared);
  if (trace) trace->ask(simulation);
  ShareResult result;
  try {
    result = run_workers(simulation, prepared.first, prepared.count, values["jobs"].as<unsigned>(),
                         is_quiet(values));
  } catch (const ChipStopped&) {
    // What led to it is worth a look.
    if (trace) trace->finish();
    throw;
  }
  std::optional<EnergyReport> energy;
  if (prepared.config.timing == hw::Timing::kCycle) {
    energy.emplace(prepared.config.energy, prepared.deployment, result);
  }
  const EnergyReport* const report = energy ? &*energy : nullptr;
  const Summary summary = summarize(prepared.config, prepared.deployment, result, report);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const nlohmann::ordered_json json =
      to_json(summary, prepared.config, prepared.deployment, wall.count());
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
                PreparedRun (*prepare)(const options::variables_map&)) {
  const auto start = std::chrono::steady_clock::now();
  return execute(prepare(values), values, start);
}

}  // namespace spikeloom::program
