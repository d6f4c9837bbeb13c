// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/sim/inputs/input_faults.h"

namespace spikeloom::sim {

/// The input of a run, read from a spike trace (SpikeTraceWriter): the spikes that the host sent
/// for each image.
struct RecordedInput {
  std::size_t first = 0;                        ///< index of the first image in the data set
  std::vector<std::int64_t> labels;             ///< by image; empty if they have none
  std::vector<std::vector<InputSpike>> spikes;  ///< by image, in the order in which they were sent

  /// Throws base::UserError for a file that is not a spike trace or whose input does not have the
  /// shape of `network`'s.
  static RecordedInput read(const std::string& path, const converter::SpikingNetwork& network);
};

}  // namespace spikeloom::sim
