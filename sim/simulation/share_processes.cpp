// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/share_processes.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <systemc>
#include <unistd.h>

#include "spikeloom/base/child_process.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/sim/simulation/range_codec.h"

namespace spikeloom::sim {
namespace {

using Kind = ShareReport::Kind;
using std::chrono::milliseconds;

constexpr milliseconds kPatience{1000};
/// Message type of SystemC 2.3; 3.0 has none of its own.
constexpr std::string_view kNoStack = "stack setup failed";

/// Reports that no memory is left, wherever that happens: an exception may not pass through
/// SystemC, or through destructors.
class OutOfMemory {
 public:
  OutOfMemory(base::MessageSocket& parent, const Share& share) {
    parent_ = &parent;
    report_ = ShareReport{Kind::kLost, share.range.first, 0,
                          std::string("a worker process is ") + base::kOutOfMemory}
                  .encode();
    std::set_new_handler(&OutOfMemory::report);
  }
  ~OutOfMemory() { std::set_new_handler(nullptr); }
  OutOfMemory(const OutOfMemory&) = delete;
  OutOfMemory& operator=(const OutOfMemory&) = delete;

  [[noreturn]] static void report() {
    parent_->send(report_);
    ::_exit(base::kUserErrorStatus);
  }

 private:
  // A handler has no arguments.
  static inline base::MessageSocket* parent_ = nullptr;
  static inline std::string report_;
};

/// Main function of the process of a share.
void run_share(Simulation simulation, const Share& share, base::MessageSocket& parent) {
  const OutOfMemory out_of_memory(parent, share);
  if (!share.traced) simulation.trace = nullptr;
  const auto report = [&](Kind kind, std::size_t images, std::string_view body) {
    parent.send(ShareReport{kind, share.range.first, images, std::string(body)}.encode());
  };
  const auto send = [&report](Kind kind, const std::vector<std::uint8_t>& body) {
    report(kind, 0, {reinterpret_cast<const char*>(body.data()), body.size()});
  };
  simulation.progress = [&report] { report(Kind::kImages, 1, ""); };
  simulation.send_block = [&send](const auto& block) { send(Kind::kRecords, block); };
  try {
    send(Kind::kResult, encode_range(simulate(simulation, share.range)));
  } catch (const ChipStopped& error) {
    report(Kind::kChipStopped, 0, error.what());
  } catch (const base::UserError& error) {
    report(Kind::kUserError, 0, error.what());
  } catch (const sc_core::sc_report& error) {
    // SystemC maps the stacks of its threads without operator new.
    if (std::string_view(error.get_msg_type()) == kNoStack) OutOfMemory::report();
    report(Kind::kFailure, 0, error.what());
  } catch (const std::exception& error) {
    report(Kind::kFailure, 0, error.what());
  }
}

}  // namespace

/// A process that simulates a share.
class ShareProcesses::Process {
 public:
  Process(const Simulation& simulation, const Share& share)
      : first_(share.range.first), process_([&simulation, share](base::MessageSocket& parent) {
          run_share(simulation, share, parent);
        }) {}

  int descriptor() { return process_.socket().descriptor(); }
  std::optional<ShareReport> stopped_too_long() {
    if (!process_.stopped_too_long()) return std::nullopt;
    return ShareReport{Kind::kLost, first_, 0,
                       "a worker process " + base::ChildProcess::stop_text()};
  }
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

std::optional<ShareReport> ShareProcesses::wait() { return wait(kPatience); }

std::optional<ShareReport> ShareProcesses::find_stopped() {
  const auto now = std::chrono::steady_clock::now();
  if (now - checked_ < kPatience) return std::nullopt;
  checked_ = now;
  for (auto process = running_.begin(); process != running_.end(); ++process) {
    std::optional<ShareReport> report = (*process)->stopped_too_long();
    if (!report) continue;
    running_.erase(process);
    return report;
  }
  return std::nullopt;
}

std::optional<ShareReport> ShareProcesses::wait(milliseconds max_time) {
  if (std::optional<ShareReport> stopped = find_stopped()) return stopped;
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

}  // namespace spikeloom::sim
