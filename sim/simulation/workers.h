// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "spikeloom/base/progress.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// Runs `count` images from `first` on, split over `workers` processes (SystemC elaborates once a
/// process). Each worker first runs the images before its share that fill the pipeline, so the
/// result does not depend on their number; the first one runs all ticks of a trace. Shows progress
/// on a terminal. Throws what a worker throws as soon as it does, base::UserError where a worker
/// is killed, and Stopped after Ctrl-C or SIGTERM; the other workers are ended then.
RangeResult run_workers(const Simulation& simulation, std::size_t first, std::size_t count,
                        std::size_t workers, base::ProgressSink* sink);

}  // namespace spikeloom::sim
