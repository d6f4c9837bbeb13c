// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <boost/mpi/communicator.hpp>

#include "testbenches/spikeloom/sweep/pool.h"

namespace spikeloom::program {

/// The workers of all ranks, as rank 0 sees them: each of the others is in serve().
class MpiPool : public Pool {
 public:
  /// `local`: this rank's own workers.
  MpiPool(const boost::mpi::communicator& world, LocalPool& local);
  /// Sends the other ranks home.
  ~MpiPool() override;
  MpiPool(const MpiPool&) = delete;
  MpiPool& operator=(const MpiPool&) = delete;

  std::size_t workers() const override { return workers_; }
  std::size_t free() const override;
  void start(const Job& job) override;
  std::optional<Outcome> wait() override;

 private:
  boost::mpi::communicator world_;
  LocalPool& local_;
  std::size_t workers_;
  std::vector<std::size_t> free_;  ///< by rank; of rank 0 none, its own are in `local_`
};

/// What ranks other than 0 do: jobs, with this rank's workers, until rank 0 has no more.
void serve(const boost::mpi::communicator& world, LocalPool& pool);

}  // namespace spikeloom::program
