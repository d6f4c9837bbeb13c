// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "spikeloom/base/progress.h"
#include "spikeloom/sim/run/prepared_run.h"

namespace spikeloom::explore {

/// Result of comparing two runs.
struct RunComparison {
  std::uint64_t compared = 0;             ///< number of neurons, summed over all images and layers
  std::optional<std::string> difference;  ///< message: the first by image, layer, neuron
};

/// Simulates both runs and compares the spikes of the host's input and of every layer. Shows its
/// progress on `sink`, which may be null. Throws base::UserError if the runs have different images
/// or the layers of their networks have different shapes.
RunComparison compare_runs(const sim::PreparedRun& run, const sim::PreparedRun& against,
                           base::ProgressSink* sink);

}  // namespace spikeloom::explore
