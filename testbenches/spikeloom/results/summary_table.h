// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "testbenches/spikeloom/results/results.h"

namespace spikeloom::program {

/// The table that a run ends with, at most 80 columns.
std::string table(const Summary& summary, const RunConfig& run,
                  const common::Deployment& deployment);

}  // namespace spikeloom::program
