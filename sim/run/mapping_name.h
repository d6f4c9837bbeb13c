// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/sim/inputs/run_config.h"

namespace spikeloom::sim {

/// Returns a name derived from everything that the mapping of a run depends on; `network` is the
/// content_hash of its encoded network. Runs with equal names have equal mappings.
std::string mapping_name(const RunConfig& config, const std::string& network);

}  // namespace spikeloom::sim
