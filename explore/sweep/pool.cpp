// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/pool.h"

#include <algorithm>
#include <stdexcept>

#include "spikeloom/base/stop_guard.h"

namespace spikeloom::explore {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kPatience{1000};

}  // namespace

LocalPool::LocalPool(std::size_t workers) {
  base::ChildProcess::max_stop();  // throws before the work begins
  for (std::size_t i = 0; i < workers; ++i) workers_.push_back(std::make_unique<WorkerProcess>());
}

std::size_t LocalPool::free() const {
  return static_cast<std::size_t>(std::count_if(
      workers_.begin(), workers_.end(), [](const auto& worker) { return !worker->busy(); }));
}

void LocalPool::start(const Job& job) {
  for (const auto& worker : workers_) {
    if (worker->busy()) continue;
    worker->start(job);
    return;
  }
  throw std::logic_error("no worker is free");
}

std::optional<Outcome> LocalPool::wait() { return wait(kPatience); }

std::optional<Outcome> LocalPool::wait(milliseconds max_time) {
  std::vector<pollfd> polled;
  std::vector<WorkerProcess*> busy;
  auto until = Clock::now() + max_time;
  for (const auto& worker : workers_) {
    if (!worker->busy()) continue;
    polled.push_back({worker->descriptor(), POLLIN, 0});
    busy.push_back(worker.get());
    if (worker->deadline()) until = std::min(until, *worker->deadline());
  }
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
  const int ready = base::StopGuard::poll(polled, std::max(left, milliseconds(0)));
  for (std::size_t i = 0; ready > 0 && i < busy.size(); ++i) {
    if (polled[i].revents != 0) return busy[i]->finish();
  }
  for (WorkerProcess* const worker : busy) {
    if (std::optional<Outcome> outcome = worker->stopped()) return outcome;
    if (worker->deadline() && Clock::now() >= *worker->deadline()) return worker->abort();
  }
  return std::nullopt;
}

}  // namespace spikeloom::explore
