// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/run.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/base/child_process.h"
#include "spikeloom/base/directory.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/base/spill_file.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/base/stopped.h"
#include "spikeloom/cosim/verilated_library.h"
#include "spikeloom/sim/results/activity_files.h"
#include "spikeloom/sim/results/csv_file.h"
#include "spikeloom/sim/results/energy_report.h"
#include "spikeloom/sim/results/level_files.h"
#include "spikeloom/sim/results/profile_file.h"
#include "spikeloom/sim/results/result_directory.h"
#include "spikeloom/sim/results/result_files.h"
#include "spikeloom/sim/results/summary_json.h"
#include "spikeloom/sim/results/wrong_images.h"
#include "spikeloom/sim/run/rtl_parts.h"
#include "spikeloom/sim/run/run_trace.h"
#include "spikeloom/sim/run/share_store.h"
#include "spikeloom/sim/simulation/share_processes.h"
#include "spikeloom/sim/simulation/spike_trace_writer.h"
#include "spikeloom/sim/simulation/workers.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;

fs::path result_directory(const RunRequest& request, const RunConfig& config) {
  if (!request.directory.empty()) return request.directory;
  return fs::path("results") / fmt::format("{}-{}", config.name, name(config.timing));
}

void write_results(ResultDirectory& directory, const PreparedRun& prepared,
                   const RangeResult& result, const EnergyReport* energy, bool tick_events,
                   const nlohmann::ordered_json& json) {
  if (!prepared.config.workload) {
    directory.write(kProfileFile, make_profile(prepared.network, result).encode());
  }
  directory.write(kSummaryFile, base::json_text(json, 2) + "\n");
  const arch::Deployment& deployment = prepared.deployment;
  const auto write = [&](const CsvFile& file, const std::function<void(const TextSink&)>& text) {
    directory.write(file.name, text);
  };
  write(kImagesCsv, [&](const TextSink& out) { images_csv(result, deployment, energy, out); });
  // A recorded input has no pixels, and without labels no image is wrong.
  if (!prepared.recorded && !prepared.data.labels.empty()) {
    directory.write(kWrongImagesFile,
                    wrong_images_npy(prepared.data, prepared.network.encoder.input, result));
  }
  if (energy == nullptr) return;
  write(kEventsCsv, [&](const TextSink& out) { events_csv(*energy, out); });
  write(kEnergyCsv, [&](const TextSink& out) { energy_csv(*energy, out); });
  write(kCoresCsv, [&](const TextSink& out) { cores_csv(*energy, deployment, out); });
  write(kPowerCsv, [&](const TextSink& out) { power_csv(*energy, result, deployment.chip, out); });
  write(kActivityCsv, [&](const TextSink& out) { activity_csv(*energy, result, deployment, out); });
  write(kLinksCsv, [&](const TextSink& out) { links_csv(*energy, result, deployment, out); });
  write(kTimelineCsv, [&](const TextSink& out) { timeline_csv(result, deployment, out); });
  if (tick_events) {
    write(kTicksCsv, [&](const TextSink& out) { ticks_csv(*energy, result, out); });
  }
}

/// Throws base::UserError for requests that can be refused before the network is mapped.
void check(const RunRequest& request) {
  base::ChildProcess::max_stop();  // throws before the work begins
  if (request.resume && !keeps_shares(request)) {
    throw base::UserError(
        "--resume: not allowed with --record-levels, --record-spikes and --vcd, which need all "
        "images");
  }
  if (request.rtl.empty()) return;
  const std::string reason = cosim::VerilatedLibrary::missing();
  if (!reason.empty()) throw base::UserError("--rtl: " + reason);
}

/// Simulates all images that an earlier start has not finished. Sets `resumed` to the number of
/// images that it has.
RangeResult simulate_shares(const Simulation& simulation, const PreparedRun& prepared,
                            const RunRequest& request, const fs::path& directory, ShareStore& store,
                            SharePool& pool, base::ProgressSink* sink, std::size_t& resumed) {
  const auto file = std::make_shared<base::SpillFile>(directory);
  ShareResults done;
  if (request.resume) {
    done = store.load(file);
  } else {
    store.remove();
  }
  resumed = store.images();
  std::vector<ImageRange> ranges;
  for (const auto& [first, result] : done) ranges.push_back({first, result.images.size()});
  const std::size_t left = prepared.count - resumed;
  const std::vector<Share> shares = cut_into_shares(
      simulation, prepared.first, prepared.count,
      suitable_shares(simulation, left, pool.workers(), request.share_images), ranges);
  KeepShare keep;
  if (keeps_shares(request)) {
    keep = [&store](const Share& share, const RangeResult& result) { store.keep(share, result); };
  }
  base::Progress progress(sink, progress_items(simulation), left);
  const auto kept = [&] {
    return fmt::format("{} of {} {} are kept in {}; --resume goes on from them", store.images(),
                       prepared.count, progress_items(simulation), store.directory().string());
  };
  try {
    return run_shares(shares, pool, progress, std::move(done), keep, file);
  } catch (const base::Stopped& stopped) {
    if (store.images() == 0) throw;
    throw base::Stopped(stopped.signal(), "stopped; " + kept());
  } catch (const WorkerLost& lost) {
    if (store.images() == 0) throw;
    throw base::UserError(fmt::format("{}; {}", lost.what(), kept()));
  }
}

}  // namespace

void with_simulation(
    const RunRequest& request,
    const std::function<void(const Simulation& simulation, const PreparedRun& prepared)>& work) {
  check(request);
  const PreparedRun prepared = prepare_run(request, nullptr);
  Simulation simulation = prepared.simulation();
  simulation.verify_config = request.verify_config;
  if (!request.rtl.empty()) {
    simulation.parts = board_parts(parse_rtl(request.rtl, prepared.deployment),
                                   prepared.deployment.chip, prepared.config.timing, nullptr);
  }
  work(simulation, prepared);
}

RunResult run(const RunRequest& request, base::ProgressSink* progress,
              const MakeSharePool& make_pool) {
  const auto start = std::chrono::steady_clock::now();
  check(request);
  PreparedRun prepared = prepare_run(request, progress);
  const fs::path directory = result_directory(request, prepared.config);
  // A directory that cannot be written is reported before the run, not after it.
  const base::NewDirectory made(directory);
  Simulation simulation = prepared.simulation();
  simulation.verify_config = request.verify_config;
  RtlParts rtl;
  if (!request.rtl.empty()) rtl = parse_rtl(request.rtl, prepared.deployment);
  // From here on a stop must remove temporary files.
  const base::StopGuard guard;
  std::optional<LevelFiles> levels;
  if (request.record_levels) {
    levels.emplace(*request.record_levels, simulation.shapes(), prepared.count);
  }
  std::optional<SpikeTraceWriter> spikes;
  if (request.record_spikes) {
    spikes.emplace(*request.record_spikes, simulation, prepared.first, prepared.count);
  }
  if (levels || spikes) {
    simulation.observe = [&](const Observation& seen) {
      if (levels) levels->write(seen.category, seen.image - prepared.first, seen.levels);
      if (spikes) spikes->write(seen);
    };
  }
  std::optional<RunTrace> trace;
  if (request.waves) {
    trace.emplace(*request.waves, prepared, rtl.cores);
    trace->attach(simulation);
  }
  if (!request.rtl.empty()) {
    simulation.parts = board_parts(rtl, prepared.deployment.chip, prepared.config.timing, progress);
  }
  std::optional<ShareProcesses> processes;
  SharePool& pool =
      make_pool ? make_pool(simulation, prepared) : processes.emplace(simulation, request.workers);
  ShareStore store(directory, prepared, request);
  std::size_t resumed = 0;
  RangeResult result;
  try {
    result =
        simulate_shares(simulation, prepared, request, directory, store, pool, progress, resumed);
  } catch (const ChipStopped&) {
    // The waveforms show what led to the fault.
    if (trace) trace->finish();
    throw;
  }
  std::optional<EnergyReport> energy;
  if (has_cycles(prepared.config.timing)) {
    energy.emplace(prepared.config.energy, prepared.deployment, result);
  }
  const EnergyReport* const report = energy ? &*energy : nullptr;
  Summary summary = summarize(prepared.config, prepared.deployment, result, report);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  nlohmann::ordered_json json =
      to_json(summary, prepared.config, prepared.deployment, wall.count());
  if (levels) levels->finish();
  if (spikes) spikes->finish();
  if (trace) trace->finish();
  ResultDirectory files(directory);
  write_results(files, prepared, result, report, request.tick_events, json);
  files.publish();
  store.remove();
  return {std::move(prepared), std::move(summary), std::move(json), directory.string(), resumed};
}

}  // namespace spikeloom::sim
