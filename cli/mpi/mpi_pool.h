// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <boost/mpi/communicator.hpp>

#include "spikeloom/explore/sweep/pool.h"

namespace spikeloom::cli {

/// The workers of all ranks, as seen by rank 0. All other ranks are in serve().
class MpiPool : public explore::Pool {
 public:
  /// `local` is the pool of this rank's workers.
  MpiPool(const boost::mpi::communicator& world, explore::LocalPool& local);
  /// Tells the other ranks to finish.
  ~MpiPool() override;
  MpiPool(const MpiPool&) = delete;
  MpiPool& operator=(const MpiPool&) = delete;

  std::size_t workers() const override { return workers_; }
  std::size_t free() const override;
  void start(const explore::Job& job) override;
  std::optional<explore::Outcome> wait() override;

 private:
  boost::mpi::communicator world_;
  explore::LocalPool& local_;
  std::size_t workers_;
  std::vector<std::size_t> free_;  ///< by rank; 0 for rank 0, whose workers are in `local_`
};

/// Main function of the ranks other than 0: performs jobs with this rank's workers until rank 0 has
/// no more.
void serve(const boost::mpi::communicator& world, explore::LocalPool& pool);

}  // namespace spikeloom::cli
