// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/inspect/inspection.h"

namespace spikeloom::cli {

/// Explains a deployment: network, chip, layers, the host's packets, transactions by region, cores.
/// Throws base::UserError if it is invalid.
Inspection inspect_deployment(const InspectedFile& file, const LineLimit& limit);

}  // namespace spikeloom::cli
