// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/workers.h"

#include <algorithm>
#include <csignal>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <poll.h>

#include "spikeloom/base/child_process.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/sim/simulation/range_codec.h"

namespace spikeloom::sim {
namespace {

/// First character of a worker's message. All kinds but kImageDone have a body and are the worker's
/// last message.
enum class Message : char {
  kImageDone = '.',
  kResult = 'R',
  kChipStopped = 'C',
  kUserError = 'U',
  kFailure = 'F'
};

std::string encode(Message message, std::string_view body) {
  return std::string(1, static_cast<char>(message)).append(body);
}

/// Main function of a worker process.
void run_worker(Simulation simulation, const ImageRange& range, base::MessageSocket& parent) {
  simulation.progress = [&parent] { parent.send(encode(Message::kImageDone, "")); };
  try {
    const std::vector<std::uint8_t> result = encode_range(simulate(simulation, range));
    parent.send(
        encode(Message::kResult, {reinterpret_cast<const char*>(result.data()), result.size()}));
  } catch (const ChipStopped& error) {
    parent.send(encode(Message::kChipStopped, error.what()));
  } catch (const base::UserError& error) {
    parent.send(encode(Message::kUserError, error.what()));
  } catch (const std::exception& error) {
    parent.send(encode(Message::kFailure, error.what()));
  }
}

/// A process that simulates a range of the images.
class Worker {
 public:
  Worker(const Simulation& simulation, const ImageRange& range)
      : process_([&](base::MessageSocket& parent) { run_worker(simulation, range, parent); }) {}

  int descriptor() { return process_.socket().descriptor(); }
  bool ended() const { return ended_; }
  /// Receives a message or detects the worker's end. Returns the number of images completed since
  /// the last call. Rethrows what the worker threw; throws UserError or std::runtime_error if it
  /// ended without a result.
  std::size_t receive_message();
  RangeResult result() { return std::move(*result_); }

 private:
  void finish();

  base::ChildProcess process_;
  std::optional<RangeResult> result_;
  bool ended_ = false;
};

std::size_t Worker::receive_message() {
  const std::optional<std::string> message = process_.socket().receive();
  if (!message) {
    finish();
    return 0;
  }
  const std::string body = message->substr(1);
  switch (static_cast<Message>(message->front())) {
    case Message::kImageDone:
      return 1;
    case Message::kResult:
      result_ = decode_range({body.begin(), body.end()});
      return 0;
    case Message::kChipStopped:
      throw ChipStopped(body);
    case Message::kUserError:
      throw base::UserError(body);
    case Message::kFailure:
      throw std::runtime_error(body);
  }
  throw std::logic_error("a worker sent an invalid message");
}

/// A worker that has sent its result may still be writing files, so its exit status counts too.
void Worker::finish() {
  ended_ = true;
  const base::ExitStatus end = process_.wait();
  if (result_ && end.signal == 0 && end.status == 0) return;
  const std::string text = fmt::format("a worker process {}", end.text());
  if (end.signal == SIGKILL) {
    throw base::UserError(
        text +
        ": killed by a user, or because memory ran out; fewer workers (-j) need less memory");
  }
  throw std::runtime_error(text);
}

/// Waits for all workers. An error of one worker is thrown immediately.
void collect(const std::vector<std::unique_ptr<Worker>>& workers, base::Progress& progress) {
  while (true) {
    std::vector<pollfd> polled;
    std::vector<Worker*> open;
    for (const auto& worker : workers) {
      if (worker->ended()) continue;
      polled.push_back({worker->descriptor(), POLLIN, 0});
      open.push_back(worker.get());
    }
    if (open.empty()) return;
    base::StopGuard::poll(polled);
    base::StopGuard::check();
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (polled[i].revents != 0) progress.advance(open[i]->receive_message());
    }
  }
}

/// Returns the number of images, from the first on, that one worker has to run so that the traced
/// ticks are the same as in a run with one worker.
std::size_t images_of_trace(const Simulation& simulation, std::size_t count) {
  if (simulation.trace == nullptr) return 0;
  if (!simulation.trace->to) return count;
  const Schedule schedule = simulation.schedule();
  const std::uint64_t ticks = *simulation.trace->to + 1;
  if (ticks <= schedule.first_tick()) return 0;
  const std::size_t step = schedule.ticks_per_image();
  return std::min<std::size_t>(count, (ticks - schedule.first_tick() + step - 1) / step);
}

}  // namespace

RangeResult run_workers(const Simulation& simulation, std::size_t first, std::size_t count,
                        std::size_t workers, base::ProgressSink* sink) {
  const std::size_t images_behind = simulation.schedule().images_behind();
  const arch::SyncDescription& sync = simulation.deployment.chip.sync;
  // Late spikes make an image depend on all images before it.
  if (has_cycles(simulation.timing) && sync.tick_cycles != 0 &&
      !arch::stops_chip(sync.late_spikes)) {
    workers = 1;
  }
  workers = std::clamp<std::size_t>(workers, 1, std::max<std::size_t>(count, 1));
  const base::StopGuard guard;
  base::Progress progress(sink, simulation.workload != nullptr ? "ticks" : "images", count);
  const std::size_t traced = images_of_trace(simulation, count);
  const std::size_t first_range = std::max(count / workers, traced);
  if (first_range == count) workers = 1;
  // Returns the first image of worker i, relative to `first`.
  const auto begin_of = [&](std::size_t i) {
    return i == 0 ? 0 : first_range + (count - first_range) * (i - 1) / (workers - 1);
  };
  Simulation untraced = simulation;
  untraced.trace = nullptr;
  // The destructors end the processes, also after an exception.
  std::vector<std::unique_ptr<Worker>> running;
  for (std::size_t i = 0; i < workers; ++i) {
    ImageRange range;
    const std::size_t begin = begin_of(i);
    range.first = first + begin;
    range.count = (i + 1 < workers ? begin_of(i + 1) : count) - begin;
    range.preload = std::min(begin, images_behind);
    range.measure_latency = sync.pipeline && i == 0 && simulation.workload == nullptr;
    running.push_back(std::make_unique<Worker>(i == 0 ? simulation : untraced, range));
  }
  collect(running, progress);
  RangeResult whole = running.front()->result();
  for (std::size_t i = 1; i < workers; ++i) whole.append(running[i]->result());
  return whole;
}

}  // namespace spikeloom::sim
