// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/scheduler.h"

#include <chrono>
#include <utility>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/base/stopped.h"

namespace spikeloom::explore {

Scheduler::Scheduler(const SweepPlan& plan, SweepStore& store, Pool& pool,
                     std::filesystem::path cache)
    : plan_(plan), store_(store), pool_(pool), cache_(std::move(cache)) {}

std::string Scheduler::network_path(const std::string& content) const {
  return (cache_ / (content + ".snn")).string();
}

std::string Scheduler::deployment_path(const std::string& mapping) const {
  return (cache_ / (mapping + ".deployment")).string();
}

/// Whether the mapping was made by an earlier start of this sweep and its file is still valid.
bool Scheduler::made_before(const std::string& name) {
  if (!store_.has_mapping(name)) return false;
  const std::string path = deployment_path(name);
  if (!std::filesystem::exists(path)) return false;
  try {
    arch::Deployment::load(path);
    return true;
  } catch (const base::UserError&) {
    return false;
  }
}

/// Sorts the waiting runs into those that are ready and those that need a mapping first.
void Scheduler::sort() {
  for (const std::size_t index : store_.waiting()) {
    const PlannedRun& run = plan_.runs[index];
    if (run.mapping.empty()) {
      ready_.push_back(index);
      continue;
    }
    const auto [found, first] = mappings_.try_emplace(run.mapping);
    Mapping& mapping = found->second;
    ++mapping.left;
    if (first) {
      mapping.made = made_before(run.mapping);
      if (!mapping.made) to_map_.push_back(run.mapping);
    }
    if (mapping.made) {
      ready_.push_back(index);
    } else {
      mapping.waiting.push_back(index);
    }
  }
}

SweepCost Scheduler::run(base::Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  for (const auto& [content, file] : plan_.networks) {
    base::write_file(network_path(content), file);
  }
  sort();
  start_all();
  while (pool_.free() < pool_.workers()) {
    if (base::StopGuard::signal() != 0) {
      throw base::Stopped(base::StopGuard::signal(),
                          "stopped; the same command continues with the remaining points");
    }
    const std::optional<Outcome> outcome = pool_.wait();
    if (!outcome) continue;
    take(*outcome, progress);
    start_all();
  }
  cost_.elapsed_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return cost_;
}

void Scheduler::start_all() {
  while (pool_.free() > 0 && start_one()) {
  }
}

bool Scheduler::start_one() {
  if (!ready_.empty()) {
    pool_.start(job_of(ready_.front()));
    ready_.pop_front();
    return true;
  }
  if (to_map_.empty()) return false;
  start_mapping(to_map_.front());
  to_map_.pop_front();
  return true;
}

Job Scheduler::job_of(std::size_t index) const {
  const PlannedRun& run = plan_.runs[index];
  Job job;
  job.id = index;
  job.run = plan_.file.run;
  job.settings = run.settings;
  job.files = plan_.files;
  job.data = run.data;
  job.given = run.given;
  if (!run.network.empty()) job.network = network_path(run.network);
  if (!run.mapping.empty()) job.deployment = deployment_path(run.mapping);
  job.timeout_seconds = plan_.file.timeout_seconds;
  return job;
}

void Scheduler::start_mapping(const std::string& name) {
  Mapping& mapping = mappings_.at(name);
  Job job = job_of(mapping.waiting.front());
  if (mapping.left == 1) {
    job.kind = Job::Kind::kMapAndRun;
    mapping.waiting.clear();
  } else {
    job.kind = Job::Kind::kMap;
    // Job numbers of mappings follow those of the runs.
    job.id = plan_.runs.size() + next_job_++;
    being_mapped_[job.id] = name;
  }
  pool_.start(job);
}

void Scheduler::take(const Outcome& outcome, base::Progress& progress) {
  if (outcome.status == Outcome::Status::kMachineError) throw base::UserError(outcome.reason);
  cost_.busy_seconds += outcome.wall_seconds;
  cost_.work_cpu_seconds += outcome.work_cpu_seconds;
  cost_.cpu_seconds += outcome.cpu_seconds;
  const auto mapped = being_mapped_.find(outcome.id);
  if (mapped != being_mapped_.end()) {
    take_mapping(mapped->second, outcome, progress);
    being_mapped_.erase(mapped);
    return;
  }
  const PlannedRun& run = plan_.runs[outcome.id];
  if (!outcome.report.empty()) {
    store_.record_mapping(run.mapping, outcome);
    ++cost_.mappings;
  }
  store_.record_run(run, outcome);
  ++cost_.runs;
  release(run);
  progress.advance(1, outcome.status == Outcome::Status::kFailed ? 1 : 0);
}

void Scheduler::take_mapping(const std::string& name, const Outcome& outcome,
                             base::Progress& progress) {
  store_.record_mapping(name, outcome);
  ++cost_.mappings;
  Mapping& mapping = mappings_.at(name);
  for (const std::size_t index : mapping.waiting) {
    if (outcome.status == Outcome::Status::kDone) {
      ready_.push_back(index);
      continue;
    }
    Outcome failed;
    failed.status = Outcome::Status::kFailed;
    failed.reason = outcome.reason;
    store_.record_run(plan_.runs[index], failed);
    ++cost_.runs;
    progress.advance(1, 1);
  }
  mapping.waiting.clear();
}

/// Deletes a mapping's file after its last run, since a sweep may have hundreds of mappings.
void Scheduler::release(const PlannedRun& run) {
  if (run.mapping.empty() || --mappings_.at(run.mapping).left > 0) return;
  std::error_code ignored;
  std::filesystem::remove(deployment_path(run.mapping), ignored);
}

}  // namespace spikeloom::explore
