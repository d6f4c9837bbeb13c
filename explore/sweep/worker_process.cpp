// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/worker_process.h"

#include <csignal>
#include <string>

#include <fmt/format.h>

namespace spikeloom::explore {
namespace {

void work(base::MessageSocket& parent) {
  JobRunner runner;
  while (const std::optional<std::string> job = parent.receive()) {
    if (!parent.send(runner.perform(Job::decode(*job)).encode())) return;
  }
}

}  // namespace

void WorkerProcess::begin() {
  process_.reset();
  process_.emplace(work);
}

void WorkerProcess::start(const Job& job) {
  busy_ = true;
  job_ = job.id;
  timeout_seconds_ = job.timeout_seconds;
  started_ = std::chrono::steady_clock::now();
  deadline_.reset();
  if (timeout_seconds_ > 0.0) {
    deadline_ = started_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                               std::chrono::duration<double>(timeout_seconds_));
  }
  // If the process has ended, finish() detects it.
  process_->socket().send(job.encode());
}

Outcome WorkerProcess::finish() {
  if (const std::optional<std::string> outcome = process_->socket().receive()) {
    busy_ = false;
    return Outcome::decode(*outcome);
  }
  // A process may close its socket shortly before it ends.
  const base::ExitStatus end = process_->wait();
  begin();
  const bool stopped = end.signal == SIGINT || end.signal == SIGTERM || end.signal == SIGHUP;
  return lost(stopped ? Outcome::Status::kMachineError : Outcome::Status::kFailed,
              "its process " + end.text());
}

std::optional<Outcome> WorkerProcess::stopped() {
  if (!process_->stopped_too_long()) return std::nullopt;
  begin();
  return lost(Outcome::Status::kFailed, "its process " + base::ChildProcess::stop_text());
}

Outcome WorkerProcess::abort() {
  begin();
  return lost(Outcome::Status::kFailed, fmt::format("took longer than {} s", timeout_seconds_));
}

Outcome WorkerProcess::lost(Outcome::Status status, const std::string& reason) {
  Outcome outcome;
  outcome.id = job_;
  outcome.status = status;
  outcome.reason = reason;
  outcome.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  busy_ = false;
  return outcome;
}

}  // namespace spikeloom::explore
