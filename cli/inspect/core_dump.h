// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/inspect/inspection.h"

namespace spikeloom::cli {

/// A core of a deployment as it is after loading: groups, neurons with labels and thresholds,
/// routes decoded, expansion table, crossbar. `which` is "core=X,Y" in board coordinates or
/// "chipN.core=X,Y" in those of chip N. Throws base::UserError for a file that is no valid
/// deployment, and for a core that the board does not have or that nothing is loaded into.
Inspection dump_core(const InspectedFile& file, const std::string& which, const LineLimit& limit);

}  // namespace spikeloom::cli
