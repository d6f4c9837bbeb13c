// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/workers.h"

#include <algorithm>
#include <csignal>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <poll.h>

#include "spikeloom/base/stop_guard.h"
#include "spikeloom/sim/simulation/range_codec.h"

namespace spikeloom::sim {
namespace {

using Kind = ShareReport::Kind;
using std::chrono::milliseconds;

/// Main function of the process of a share.
void run_share(Simulation simulation, const Share& share, base::MessageSocket& parent) {
  if (!share.traced) simulation.trace = nullptr;
  const auto report = [&](Kind kind, std::size_t images, std::string_view body) {
    parent.send(ShareReport{kind, share.range.first, images, std::string(body)}.encode());
  };
  simulation.progress = [&report] { report(Kind::kImages, 1, ""); };
  try {
    const std::vector<std::uint8_t> result = encode_range(simulate(simulation, share.range));
    report(Kind::kResult, 0, {reinterpret_cast<const char*>(result.data()), result.size()});
  } catch (const ChipStopped& error) {
    report(Kind::kChipStopped, 0, error.what());
  } catch (const base::UserError& error) {
    report(Kind::kUserError, 0, error.what());
  } catch (const std::exception& error) {
    report(Kind::kFailure, 0, error.what());
  }
}

/// Main function of the process of a ShareServer.
void serve_shares(const Simulation& simulation, std::size_t workers, base::MessageSocket& parent) {
  // Shares take seconds.
  constexpr milliseconds kTurn{10};
  ShareProcesses processes(simulation, workers);
  for (;;) {
    while (parent.readable()) {
      const std::optional<std::string> share = parent.receive();
      if (!share) return;
      processes.start(Share::decode(*share));
    }
    if (const auto report = processes.wait(kTurn)) parent.send(report->encode());
  }
}

}  // namespace

// ---- ShareProcesses

/// A process that simulates a share.
class ShareProcesses::Process {
 public:
  Process(const Simulation& simulation, const Share& share)
      : first_(share.range.first), process_([&simulation, share](base::MessageSocket& parent) {
          run_share(simulation, share, parent);
        }) {}

  int descriptor() { return process_.socket().descriptor(); }
  /// Receives a message, or notices the end of the process. Returns what there is to report.
  std::optional<ShareReport> receive();

 private:
  std::size_t first_;
  base::ChildProcess process_;
  std::optional<ShareReport> result_;
};

std::optional<ShareReport> ShareProcesses::Process::receive() {
  if (const std::optional<std::string> message = process_.socket().receive()) {
    ShareReport report = ShareReport::decode(*message);
    if (report.kind != Kind::kResult) return report;
    // The process may still be writing files, so its exit status counts, too.
    result_ = std::move(report);
    return std::nullopt;
  }
  const base::ExitStatus end = process_.wait();
  if (result_ && end.signal == 0 && end.status == 0) return std::move(*result_);
  std::string text = fmt::format("a worker process {}", end.text());
  if (end.signal != SIGKILL) return ShareReport{Kind::kFailure, first_, 0, std::move(text)};
  text += ": killed by a user, or because memory ran out; fewer workers (-j) need less memory";
  return ShareReport{Kind::kLost, first_, 0, std::move(text)};
}

ShareProcesses::ShareProcesses(const Simulation& simulation, std::size_t workers)
    : simulation_(simulation), workers_(std::max<std::size_t>(workers, 1)) {}

ShareProcesses::~ShareProcesses() = default;

void ShareProcesses::start(const Share& share) {
  if (free() == 0) throw std::logic_error("no worker is free");
  running_.push_back(std::make_unique<Process>(simulation_, share));
}

std::optional<ShareReport> ShareProcesses::wait() { return wait_for(std::nullopt); }

std::optional<ShareReport> ShareProcesses::wait(milliseconds max_time) {
  return wait_for(max_time);
}

std::optional<ShareReport> ShareProcesses::wait_for(std::optional<milliseconds> max_time) {
  std::vector<pollfd> polled;
  for (const auto& process : running_) polled.push_back({process->descriptor(), POLLIN, 0});
  if (base::StopGuard::poll(polled, max_time) <= 0) return std::nullopt;
  for (std::size_t i = 0; i < polled.size(); ++i) {
    if (polled[i].revents == 0) continue;
    std::optional<ShareReport> report = running_[i]->receive();
    if (report && report->last()) running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    return report;
  }
  return std::nullopt;
}

// ---- ShareServer

ShareServer::ShareServer(const Simulation& simulation, std::size_t workers)
    : workers_(std::max<std::size_t>(workers, 1)),
      process_([&simulation, workers](base::MessageSocket& parent) {
        serve_shares(simulation, workers, parent);
      }) {}

void ShareServer::start(const Share& share) {
  ++running_;
  process_.socket().send(share.encode());  // if the process has ended, wait() notices it
}

std::optional<ShareReport> ShareServer::wait() { return wait(milliseconds(1000)); }

std::optional<ShareReport> ShareServer::wait(milliseconds max_time) {
  std::vector<pollfd> polled{{process_.socket().descriptor(), POLLIN, 0}};
  if (base::StopGuard::poll(polled, max_time) <= 0) return std::nullopt;
  ShareReport report;
  if (const std::optional<std::string> message = process_.socket().receive()) {
    report = ShareReport::decode(*message);
  } else {
    report = {Kind::kLost, 0, 0,
              fmt::format("the process of the workers {}", process_.wait().text())};
  }
  if (report.last()) --running_;
  return report;
}

// ---- The shares of a run

namespace {

/// Returns the result in a worker's last report. Throws what the worker threw.
RangeResult result_of(const ShareReport& report) {
  switch (report.kind) {
    case Kind::kResult:
      return decode_range({report.body.begin(), report.body.end()});
    case Kind::kChipStopped:
      throw ChipStopped(report.body);
    case Kind::kUserError:
      throw base::UserError(report.body);
    case Kind::kLost:
      throw WorkerLost(report.body);
    case Kind::kImages:
    case Kind::kFailure:
      break;
  }
  throw std::runtime_error(report.body);
}

}  // namespace

RangeResult run_shares(const std::vector<Share>& shares, SharePool& pool, base::Progress& progress,
                       ShareResults done, const KeepShare& keep) {
  const base::StopGuard guard;
  std::size_t next = 0;
  for (std::size_t ended = 0; ended < shares.size();) {
    while (next < shares.size() && pool.free() > 0) pool.start(shares[next++]);
    const std::optional<ShareReport> report = pool.wait();
    base::StopGuard::check();
    if (!report) continue;
    progress.advance(report->images);
    if (!report->last()) continue;
    ++ended;
    RangeResult result = result_of(*report);
    const auto share = std::find_if(shares.begin(), shares.end(), [&](const Share& each) {
      return each.range.first == report->first;
    });
    // The last one is followed by the results.
    if (keep && ended < shares.size()) keep(*share, report->body);
    done.emplace(report->first, std::move(result));
  }
  RangeResult whole = std::move(done.begin()->second);
  for (auto next_done = std::next(done.begin()); next_done != done.end(); ++next_done) {
    whole.append(std::move(next_done->second));
  }
  return whole;
}

RangeResult run_workers(const Simulation& simulation, std::size_t first, std::size_t count,
                        std::size_t workers, base::ProgressSink* sink) {
  const std::vector<Share> shares = cut_into_shares(simulation, first, count, workers);
  ShareProcesses processes(simulation, workers);
  base::Progress progress(sink, progress_items(simulation), count);
  return run_shares(shares, processes, progress);
}

const char* progress_items(const Simulation& simulation) {
  return simulation.workload != nullptr ? "ticks" : "images";
}

}  // namespace spikeloom::sim
