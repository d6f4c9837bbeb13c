// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/inspect/inspection.h"

namespace spikeloom::cli {

/// Dumps a core of a deployment in its state after loading: groups, neurons with labels and
/// thresholds, decoded routes, expansion table, crossbar. `which` is "core=X,Y" in board
/// coordinates or "chipN.core=X,Y" in those of chip N. Throws base::UserError if the file is not a
/// valid deployment, or if the core does not exist or nothing is loaded into it.
Inspection dump_core(const InspectedFile& file, const std::string& which, const LineLimit& limit);

}  // namespace spikeloom::cli
