// SPDX-License-Identifier: Apache-2.0
#include "cli/mpi/mpi_pool.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <string>

namespace spikeloom::cli {
namespace {

enum Tag : int { kWorkers, kJob, kOutcome, kEnd };

/// Time that a rank waits for its processes between two polls for messages: short compared with a
/// job, long enough for a negligible load.
constexpr std::chrono::milliseconds kTurn{2};
/// Number of polls before the caller can check for signals.
constexpr int kTurns = 50;

}  // namespace

MpiPool::MpiPool(const boost::mpi::communicator& world, explore::LocalPool& local)
    : world_(world),
      local_(local),
      workers_(local.workers()),
      free_(static_cast<std::size_t>(world.size())) {
  for (int rank = 1; rank < world_.size(); ++rank) {
    std::size_t& workers = free_[static_cast<std::size_t>(rank)];
    world_.recv(rank, kWorkers, workers);
    workers_ += workers;
  }
}

MpiPool::~MpiPool() {
  for (int rank = 1; rank < world_.size(); ++rank) world_.send(rank, kEnd);
}

std::size_t MpiPool::free() const {
  return std::accumulate(free_.begin(), free_.end(), local_.free());
}

void MpiPool::start(const explore::Job& job) {
  if (local_.free() > 0) {
    local_.start(job);
    return;
  }
  const auto rank = std::max_element(free_.begin(), free_.end());
  if (*rank == 0) throw std::logic_error("no worker is free");
  --*rank;
  world_.send(static_cast<int>(rank - free_.begin()), kJob, job.encode());
}

std::optional<explore::Outcome> MpiPool::wait() {
  for (int turn = 0; turn < kTurns; ++turn) {
    if (const auto status = world_.iprobe(boost::mpi::any_source, kOutcome)) {
      std::string text;
      world_.recv(status->source(), kOutcome, text);
      ++free_[static_cast<std::size_t>(status->source())];
      return explore::Outcome::decode(text);
    }
    if (auto outcome = local_.wait(kTurn)) return outcome;
  }
  return std::nullopt;
}

void serve(const boost::mpi::communicator& world, explore::LocalPool& pool) {
  world.send(0, kWorkers, pool.workers());
  for (;;) {
    while (world.iprobe(0, kJob)) {
      std::string text;
      world.recv(0, kJob, text);
      pool.start(explore::Job::decode(text));
    }
    if (world.iprobe(0, kEnd)) {
      world.recv(0, kEnd);
      return;
    }
    if (const auto outcome = pool.wait(kTurn)) world.send(0, kOutcome, outcome->encode());
  }
}

}  // namespace spikeloom::cli
