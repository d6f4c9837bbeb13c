// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "spikeloom/base/progress.h"
#include "spikeloom/sim/run/prepared_run.h"

namespace spikeloom::explore {

/// What comparing two runs found.
struct RunComparison {
  std::uint64_t compared = 0;             ///< neurons, over all images and layers
  std::optional<std::string> difference;  ///< for the user: the first by image, layer, neuron
};

/// Runs both and compares the spikes of the host's input and of every layer. Throws
/// base::UserError for runs of other images, or of networks whose layers have other shapes.
RunComparison compare_runs(const sim::PreparedRun& run, const sim::PreparedRun& against,
                           base::ProgressSink* sink);

}  // namespace spikeloom::explore
