// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/sim/results/results.h"

namespace spikeloom::cli {

/// Formats the results of a run in at most 80 columns.
std::string table(const sim::Summary& summary, const sim::RunConfig& run,
                  const arch::Deployment& deployment);

}  // namespace spikeloom::cli
