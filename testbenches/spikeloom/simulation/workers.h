// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "testbenches/spikeloom/simulation/simulation.h"

namespace spikeloom::program {

/// Runs `count` images from `first` on, split over `workers` processes (SystemC elaborates once a
/// process). Each worker first runs the images before its share that fill the pipeline, so the
/// result does not depend on their number; the
/// first one runs all ticks of a trace. Shows progress on a terminal. Throws common::UserError
/// for what a worker could not do, and Stopped after Ctrl-C or SIGTERM.
ShareResult run_workers(const Simulation& simulation, std::size_t first, std::size_t count,
                        std::size_t workers, bool quiet);

}  // namespace spikeloom::program
