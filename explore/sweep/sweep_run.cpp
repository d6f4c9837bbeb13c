// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/sweep_run.h"

#include <system_error>

#include <fmt/format.h>

#include "spikeloom/base/stop_guard.h"
#include "spikeloom/base/text_table.h"
#include "spikeloom/explore/percent.h"
#include "spikeloom/explore/sweep/directory_lock.h"
#include "spikeloom/explore/sweep/edited_database.h"
#include "spikeloom/explore/sweep/scheduler.h"
#include "spikeloom/explore/sweep/sweep_plan.h"
#include "spikeloom/explore/sweep/sweep_store.h"
#include "spikeloom/explore/sweep/time_estimate.h"

namespace spikeloom::explore {
namespace {

namespace fs = std::filesystem;

std::string count_of(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string head(const SweepPlan& plan) {
  std::string text = count_of(plan.points(), "point");
  if (plan.runs.size() != plan.points()) text += ", " + count_of(plan.runs.size(), "run");
  return text + ", " + count_of(plan.mappings(), "mapping");
}

std::string points_table(const SweepPlan& plan) {
  std::vector<std::string> columns = plan.file.columns();
  columns.insert(columns.begin(), "point");
  columns.emplace_back("");
  base::TextTable table(columns, 1, true);
  for (const PlannedRun& run : plan.runs) {
    if (run.repetition != 0) continue;
    std::vector<std::string> row = run.texts;
    row.insert(row.begin(), std::to_string(run.point));
    row.push_back(run.refused.empty() ? "" : "refused: " + run.refused);
    table.add(std::move(row));
  }
  return table.text();
}

SweepReport dry_run(const SweepPlan& plan, std::size_t jobs) {
  const TimeEstimate estimate = estimate_time(plan);
  const double all = (estimate.mapping_seconds * static_cast<double>(plan.mappings()) +
                      estimate.run_seconds * static_cast<double>(plan.runs.size())) /
                     static_cast<double>(jobs);
  return {
      fmt::format("{}\n\n{}\nabout {:.0f} s with -j {}: {:.2f} s/mapping, {:.2f} s/run, measured "
                  "at the first point\n",
                  head(plan), points_table(plan), all, jobs, estimate.mapping_seconds,
                  estimate.run_seconds),
      {{"points", plan.points()},
       {"runs", plan.runs.size()},
       {"mappings", plan.mappings()},
       {"seconds", all}}};
}

SweepReport end(SweepStore& store, const SweepPlan& plan, const SweepCost& cost,
                std::size_t workers, const fs::path& directory) {
  const std::size_t done = store.count("done");
  const std::size_t failed = store.count("failed");
  const std::size_t refused = store.count("refused");
  SweepReport result;
  result.json = {{"name", plan.file.name}, {"runs", plan.runs.size()},
                 {"done", done},           {"failed", failed},
                 {"refused", refused},     {"results", directory.string()}};
  result.text =
      fmt::format("{}: {}: {} done, {} failed, {} refused; results in {}\n", plan.file.name,
                  count_of(plan.runs.size(), "run"), done, failed, refused, directory.string());
  if (cost.runs == 0) return result;
  const double busy = cost.busy_seconds / (cost.elapsed_seconds * static_cast<double>(workers));
  const double overhead =
      (cost.cpu_seconds - cost.work_cpu_seconds) / static_cast<double>(cost.runs);
  result.json["this_time"] = {{"runs", cost.runs},
                              {"mappings", cost.mappings},
                              {"seconds", cost.elapsed_seconds},
                              {"workers", workers},
                              {"busy", busy},
                              {"cpu_seconds", cost.cpu_seconds},
                              {"overhead_cpu_seconds_per_run", overhead}};
  result.text += fmt::format(
      "this time {} and {} in {:.1f} s; {} busy {:.0f} %; {:.1f} s of CPU, beyond mapping and "
      "simulation {:.0f} ms/run\n",
      count_of(cost.runs, "run"), count_of(cost.mappings, "mapping"), cost.elapsed_seconds,
      count_of(workers, "worker"), kPercent * busy, cost.cpu_seconds, 1e3 * overhead);
  return result;
}

}  // namespace

SweepReport run_sweep(const SweepRequest& request, const MakePool& make_pool) {
  const SweepPlan plan = plan_sweep(request.path);
  if (request.dry_run) return dry_run(plan, request.jobs);
  const fs::path directory =
      request.output.empty() ? fs::path("results") / plan.file.name : request.output;
  const DirectoryLock lock(directory);
  SweepStore store = with_database(directory, [&] { return SweepStore(directory, plan); });
  if (request.retry_failed) store.retry_failed();
  const fs::path cache = directory / "cache";
  fs::create_directories(cache);
  // From here on, a stop keeps what is recorded.
  const base::StopGuard guard;
  Pool& pool = make_pool(request.jobs);
  SweepCost cost;
  {
    base::Progress progress(request.progress, "runs", store.waiting().size());
    cost = Scheduler(plan, store, pool, cache).run(progress);
  }
  store.export_table(directory / kSweepTable);
  std::error_code ignored;
  fs::remove_all(cache, ignored);
  SweepReport report = end(store, plan, cost, pool.workers(), directory);
  store.close();
  return report;
}

}  // namespace spikeloom::explore
