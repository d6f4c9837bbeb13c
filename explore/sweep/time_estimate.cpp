// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/time_estimate.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "spikeloom/base/directory.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/explore/sweep/pool.h"
#include "spikeloom/sim/inputs/run_config.h"

namespace spikeloom::explore {
namespace {

/// Numbers of images of the two measured runs.
constexpr std::int64_t kFew = 1;
constexpr std::int64_t kMore = 4;

double seconds(LocalPool& pool, const Job& job) {
  pool.start(job);
  for (;;) {
    const std::optional<Outcome> outcome = pool.wait();
    base::StopGuard::check();
    if (!outcome) continue;
    if (outcome->status != Outcome::Status::kDone) throw base::UserError(outcome->reason);
    return outcome->wall_seconds;
  }
}

}  // namespace

TimeEstimate estimate_time(const SweepPlan& plan) {
  const auto first = std::find_if(plan.runs.begin(), plan.runs.end(),
                                  [](const PlannedRun& run) { return run.refused.empty(); });
  TimeEstimate estimate;
  if (first == plan.runs.end()) return estimate;
  const base::StopGuard guard;  // removes the directory on a stop
  const base::TemporaryDirectory directory = base::TemporaryDirectory::create_in_system();
  LocalPool pool(1);
  Job job;
  job.run = plan.file.run;
  job.settings = first->settings;
  job.files = plan.files;
  if (!first->network.empty()) {
    job.network = (directory.path() / "network").string();
    base::write_file(job.network, plan.networks.at(first->network));
  }
  if (!first->mapping.empty()) {
    job.kind = Job::Kind::kMap;
    job.deployment = (directory.path() / "deployment").string();
    estimate.mapping_seconds = seconds(pool, job);
    job.kind = Job::Kind::kRun;
  }
  const base::FrozenFiles frozen(plan.files);
  const sim::RunConfig config = sim::load_run(job.run, job.settings);
  const std::int64_t images = config.images;
  const auto measure = [&](std::int64_t count) {
    Job part = job;
    part.settings.push_back(
        fmt::format("{}={}", config.workload ? "workload.ticks" : "images", count));
    return seconds(pool, part);
  };
  if (images != 0 && images <= kMore) {
    estimate.run_seconds = measure(images);
    return estimate;
  }
  const double few = measure(kFew);
  const double seconds_per_image =
      std::max(0.0, (measure(kMore) - few) / static_cast<double>(kMore - kFew));
  // For all images, assume the size of most test sets.
  constexpr std::int64_t kTestSet = 10'000;
  estimate.run_seconds =
      few + seconds_per_image * static_cast<double>((images == 0 ? kTestSet : images) - kFew);
  return estimate;
}

}  // namespace spikeloom::explore
