// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/share_server.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <poll.h>

#include "spikeloom/base/stop_guard.h"
#include "spikeloom/sim/simulation/share_processes.h"

namespace spikeloom::sim {
namespace {

using Kind = ShareReport::Kind;
using std::chrono::milliseconds;

/// Main function of the server's process.
void serve_shares(const Simulation& simulation, std::size_t workers, base::MessageSocket& parent) {
  using Clock = std::chrono::steady_clock;
  // Shares take seconds.
  constexpr milliseconds kTurn{10};
  // Many thousand images a second may end in all ranks; rank 0 need not hear of each.
  constexpr milliseconds kBetweenReports{100};
  ShareProcesses processes(simulation, workers);
  ShareReport progress;
  Clock::time_point reported = Clock::now();
  for (;;) {
    while (parent.readable()) {
      const std::optional<std::string> share = parent.receive();
      if (!share) return;
      processes.start(Share::decode(*share));
    }
    const std::optional<ShareReport> report = processes.wait(kTurn);
    if (report) progress.images += report->images;
    const bool last = report && report->last();
    if (progress.images != 0 && (last || Clock::now() - reported >= kBetweenReports)) {
      parent.send(progress.encode());
      progress.images = 0;
      reported = Clock::now();
    }
    if (last || (report && report->kind == Kind::kRecords)) parent.send(report->encode());
  }
}

}  // namespace

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

}  // namespace spikeloom::sim
