// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/simulation/workers.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <stdexcept>

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/error.h"
#include "testbenches/spikeloom/simulation/share_codec.h"
#include "testbenches/spikeloom/terminal/progress.h"
#include "testbenches/spikeloom/terminal/stop_guard.h"
#include "testbenches/spikeloom/terminal/stopped.h"

namespace spikeloom::program {
namespace {

/// What a worker writes on its pipe: one of these, and for all but kImageDone a 64-bit length and
/// that many bytes.
enum class Message : char {
  kImageDone = '.',
  kResult = 'R',
  kChipStopped = 'C',
  kUserError = 'U',
  kFailure = 'F'
};

struct Worker {
  pid_t process = -1;
  int pipe = -1;
  std::vector<std::uint8_t> received;  ///< what follows the progress marks
  bool ended = false;
};

void write_all(int pipe, const void* data, std::size_t count) {
  const char* bytes = static_cast<const char*>(data);
  while (count > 0) {
    const ssize_t written = ::write(pipe, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) ::_exit(1);
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
}

void send(int pipe, Message message, const void* data, std::size_t count) {
  const std::uint64_t length = count;
  write_all(pipe, &message, 1);
  write_all(pipe, &length, sizeof length);
  write_all(pipe, data, count);
}

[[noreturn]] void work(Simulation simulation, const Share& share, int pipe) {
  simulation.progress = [pipe] {
    const auto mark = Message::kImageDone;
    write_all(pipe, &mark, 1);
  };
  try {
    const std::vector<std::uint8_t> result = encode_share(simulate(simulation, share));
    send(pipe, Message::kResult, result.data(), result.size());
  } catch (const ChipStopped& error) {
    send(pipe, Message::kChipStopped, error.what(), std::strlen(error.what()));
  } catch (const common::UserError& error) {
    send(pipe, Message::kUserError, error.what(), std::strlen(error.what()));
  } catch (const std::exception& error) {
    send(pipe, Message::kFailure, error.what(), std::strlen(error.what()));
  }
  std::cout.flush();
  std::fflush(nullptr);
  ::_exit(0);
}

Worker start(const Simulation& simulation, const Share& share, const StopGuard& guard) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("pipe failed");
  std::fflush(nullptr);
  Worker worker;
  worker.process = ::fork();
  if (worker.process < 0) throw std::runtime_error("fork failed");
  if (worker.process == 0) {
    ::close(ends[0]);
    // A worker does not outlive the program.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    guard.restore();
    work(simulation, share, ends[1]);
  }
  ::close(ends[1]);
  worker.pipe = ends[0];
  return worker;
}

/// Takes what there is; returns the number of images done since.
std::size_t take(Worker& worker) {
  std::uint8_t buffer[65536];
  const ssize_t count = ::read(worker.pipe, buffer, sizeof buffer);
  if (count < 0 && errno == EINTR) return 0;
  if (count <= 0) {
    worker.ended = true;
    ::close(worker.pipe);
    return 0;
  }
  const std::uint8_t* begin = buffer;
  const std::uint8_t* const end = buffer + count;
  std::size_t images = 0;
  if (worker.received.empty()) {
    while (begin != end && *begin == static_cast<std::uint8_t>(Message::kImageDone)) {
      ++begin;
      ++images;
    }
  }
  worker.received.insert(worker.received.end(), begin, end);
  return images;
}

ShareResult result_of(Worker& worker) {
  int status = 0;
  ::waitpid(worker.process, &status, 0);
  constexpr std::size_t kHeader = 1 + sizeof(std::uint64_t);
  std::uint64_t length = 0;
  if (worker.received.size() >= kHeader) std::memcpy(&length, &worker.received[1], sizeof length);
  if (worker.received.size() < kHeader || worker.received.size() - kHeader != length) {
    throw std::runtime_error(fmt::format("a worker process ended early (status {:#x})", status));
  }
  const auto message = static_cast<Message>(worker.received[0]);
  const std::vector<std::uint8_t> body(worker.received.begin() + kHeader, worker.received.end());
  if (message == Message::kResult) return decode_share(body);
  const std::string text(body.begin(), body.end());
  if (message == Message::kChipStopped) throw ChipStopped(text);
  if (message == Message::kUserError) throw common::UserError(text);
  throw std::runtime_error(text);
}

/// Ends all workers; what they had done is given up.
[[noreturn]] void stop(std::vector<Worker>& workers) {
  for (const Worker& worker : workers) ::kill(worker.process, SIGKILL);
  for (const Worker& worker : workers) ::waitpid(worker.process, nullptr, 0);
  throw Stopped(StopGuard::signal());
}

void collect(std::vector<Worker>& workers, Progress& progress) {
  while (true) {
    if (StopGuard::signal() != 0) stop(workers);
    std::vector<pollfd> polled;
    std::vector<Worker*> open;
    for (Worker& worker : workers) {
      if (worker.ended) continue;
      polled.push_back({worker.pipe, POLLIN, 0});
      open.push_back(&worker);
    }
    if (open.empty()) return;
    if (::poll(polled.data(), polled.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (polled[i].revents != 0) progress.advance(take(*open[i]));
    }
  }
}

/// The images that have to be run by one worker, so that the ticks of the trace are those of a run
/// of one: the first ones.
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

ShareResult run_workers(const Simulation& simulation, std::size_t first, std::size_t count,
                        std::size_t workers, bool quiet) {
  const auto depth = static_cast<std::size_t>(simulation.network.depth());
  const common::SyncDescription& sync = simulation.deployment.chip.sync;
  const bool pipeline = sync.pipeline;
  // Late spikes make an image depend on all images before it.
  if (simulation.timing == hw::Timing::kCycle && sync.tick_cycles != 0 &&
      sync.late_spikes != common::LateSpikes::kFail) {
    workers = 1;
  }
  workers = std::clamp<std::size_t>(workers, 1, std::max<std::size_t>(count, 1));
  const StopGuard guard;
  Progress progress("images", count, quiet);
  const std::size_t traced = images_of_trace(simulation, count);
  const std::size_t first_share = std::max(count / workers, traced);
  if (first_share == count) workers = 1;
  // Where the images of worker i begin.
  const auto begin_of = [&](std::size_t i) {
    return i == 0 ? 0 : first_share + (count - first_share) * (i - 1) / (workers - 1);
  };
  Simulation untraced = simulation;
  untraced.trace = nullptr;
  std::vector<Worker> running;
  for (std::size_t i = 0; i < workers; ++i) {
    Share share;
    const std::size_t begin = begin_of(i);
    share.first = first + begin;
    share.count = (i + 1 < workers ? begin_of(i + 1) : count) - begin;
    share.preload = pipeline ? std::min(begin, depth) : 0;
    share.measure_latency = pipeline && i == 0;
    running.push_back(start(i == 0 ? simulation : untraced, share, guard));
  }
  collect(running, progress);
  ShareResult whole;
  for (Worker& worker : running) {
    ShareResult part = result_of(worker);
    if (&worker == &running.front()) {
      whole = std::move(part);
    } else {
      whole.append(std::move(part));
    }
  }
  return whole;
}

}  // namespace spikeloom::program
