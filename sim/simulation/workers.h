// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "spikeloom/base/progress.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// Runs `count` images from `first` on, split over `workers` processes (SystemC elaborates once per
/// process). Each worker first runs the images before its range that fill the pipeline, so the
/// result does not depend on the number of workers. The first worker runs all traced ticks. Shows
/// its progress on `sink`, which may be null. An exception of a worker is rethrown immediately.
/// Throws base::UserError if a worker is killed and base::Stopped after Ctrl-C or SIGTERM. The
/// other workers are then ended.
RangeResult run_workers(const Simulation& simulation, std::size_t first, std::size_t count,
                        std::size_t workers, base::ProgressSink* sink);

}  // namespace spikeloom::sim
