// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "testbenches/spikeloom/inspect/inspection.h"

namespace spikeloom::program {

/// Explains a deployment: network, chip, layers, the host's packets, transactions by region, cores.
/// Throws common::UserError for one that is not valid.
Inspection inspect_deployment(const InspectedFile& file, const LineLimit& limit);

}  // namespace spikeloom::program
