// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/job.h"

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "spikeloom/base/content_hash.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/json_text.h"
#include "spikeloom/mapper/report/mapping_json.h"
#include "spikeloom/sim/inputs/network_file.h"
#include "spikeloom/sim/results/energy_report.h"
#include "spikeloom/sim/results/results.h"
#include "spikeloom/sim/results/summary_json.h"
#include "spikeloom/sim/run/prepared_run.h"
#include "spikeloom/sim/simulation/workers.h"

namespace spikeloom::explore {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

/// An error of the machine, not of the point.
class Broken : public base::UserError {
 public:
  using base::UserError::UserError;
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// Returns the CPU seconds of this process and of its children that have ended.
double cpu_seconds() {
  double sum = 0.0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    ::getrusage(who, &usage);
    sum += seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  return sum;
}

/// Runs `work` and adds its CPU time to the outcome.
template <typename Work>
auto timed(Outcome& outcome, const Work& work) {
  const double start = cpu_seconds();
  auto result = work();
  outcome.work_cpu_seconds += cpu_seconds() - start;
  return result;
}

}  // namespace

converter::SpikingNetwork JobRunner::take_network(const std::string& path) {
  return path == network_ ? std::move(last_.network) : sim::load_network(path);
}

void JobRunner::map(const Job& job, Outcome& outcome) {
  const sim::RunConfig config = sim::load_run(job.run, job.settings);
  last_.network = take_network(job.network);
  network_ = job.network;
  mapper::MappingReport report;
  last_.deployment =
      timed(outcome, [&] { return sim::map_run(config, last_.network, nullptr, &report); });
  deployment_ = job.deployment;
  if (job.kind == Job::Kind::kMap) {
    try {
      base::write_file(job.deployment, last_.deployment.encode());
    } catch (const base::UserError& error) {
      throw Broken(error.what());
    }
  }
  Json json = mapper::to_json(report, last_.deployment);
  for (const char* list : {"chip", "plans", "layers", "cores"}) json.erase(list);
  json["traffic"].erase("links");
  outcome.report = base::json_text(json);
}

void JobRunner::run(const Job& job, Outcome& outcome) {
  sim::RunConfig config = sim::load_run(job.run, job.settings);
  if (config.workload) {
    last_ = sim::prepare_workload(std::move(config));
  } else {
    prepare(job, std::move(config));
  }
  network_ = job.network;
  deployment_ = job.deployment;
  const sim::RangeResult result = timed(outcome, [&] {
    return sim::run_workers(last_.simulation(), last_.first, last_.count, 1, nullptr);
  });
  std::optional<sim::EnergyReport> energy;
  if (has_cycles(last_.config.timing)) {
    energy.emplace(last_.config.energy, last_.deployment, result);
  }
  const sim::Summary summary =
      sim::summarize(last_.config, last_.deployment, result, energy ? &*energy : nullptr);
  Json json = sim::to_json(summary, last_.config, last_.deployment, 0.0);
  json.erase("wall_seconds");
  outcome.summary = base::json_text(json);
}

void JobRunner::prepare(const Job& job, sim::RunConfig config) {
  std::optional<arch::Deployment> deployment;
  if (!job.given.empty() && base::content_hash(base::read_file(config.deployment)) != job.given) {
    throw Broken(fmt::format("{}: the deployment has changed since the sweep began", job.run));
  }
  if (!job.deployment.empty()) {
    deployment = job.deployment == deployment_ ? std::move(last_.deployment)
                                               : arch::Deployment::load(job.deployment);
  }
  const bool is_same = last_.config.data == config.data;
  sim::DataSet data =
      is_same ? std::move(last_.data) : sim::load_data_set(config.data, config.path);
  if (!is_same && !job.data.empty() && sim::content_of(data) != job.data) {
    throw Broken(fmt::format("{}: the images have changed since the sweep began", job.run));
  }
  last_ = sim::prepare_run(std::move(config), take_network(job.network), std::move(data),
                           std::move(deployment), nullptr);
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Job, kind, id, run, settings, files, data, given, network,
                                   deployment, timeout_seconds)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Outcome, id, status, reason, report, summary, wall_seconds,
                                   cpu_seconds, work_cpu_seconds)

namespace {

// CBOR, because the texts of files may have bytes that are no UTF-8.
std::string message_of(const nlohmann::json& json) {
  const std::vector<std::uint8_t> bytes = nlohmann::json::to_cbor(json);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::string Job::encode() const { return message_of(*this); }

Job Job::decode(const std::string& text) { return nlohmann::json::from_cbor(text).get<Job>(); }

std::string Outcome::encode() const { return message_of(*this); }

Outcome Outcome::decode(const std::string& text) {
  return nlohmann::json::from_cbor(text).get<Outcome>();
}

Outcome JobRunner::perform(const Job& job) {
  const auto start = Clock::now();
  const double cpu = cpu_seconds();
  Outcome outcome;
  outcome.id = job.id;
  const base::FrozenFiles frozen(job.files);
  try {
    if (job.kind != Job::Kind::kRun) map(job, outcome);
    if (job.kind != Job::Kind::kMap) run(job, outcome);
  } catch (const Broken& error) {
    outcome.status = Outcome::Status::kMachineError;
    outcome.reason = error.what();
  } catch (const std::bad_alloc&) {
    outcome.status = Outcome::Status::kFailed;
    outcome.reason = base::kOutOfMemory;
  } catch (const std::exception& error) {
    outcome.status = Outcome::Status::kFailed;
    outcome.reason = error.what();
  }
  // A cached state that a failure left incomplete must not be reused.
  if (outcome.status != Outcome::Status::kDone) *this = {};
  outcome.wall_seconds = std::chrono::duration<double>(Clock::now() - start).count();
  outcome.cpu_seconds = cpu_seconds() - cpu;
  return outcome;
}

}  // namespace spikeloom::explore
