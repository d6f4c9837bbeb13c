// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/sim/inputs/input_faults.h"

namespace spikeloom::sim {

/// The input of a run, read from a spike trace (SpikeTraceWriter): what the host sent for each
/// image.
struct RecordedInput {
  std::size_t first = 0;                        ///< the first image's number in its data set
  std::vector<std::uint8_t> labels;             ///< by image
  std::vector<std::vector<InputSpike>> spikes;  ///< by image, in the order of sending

  /// Throws base::UserError for a file that is not one, or was recorded of another input than
  /// that of `network`.
  static RecordedInput read(const std::string& path, const converter::SpikingNetwork& network);
};

}  // namespace spikeloom::sim
