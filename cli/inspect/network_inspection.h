// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/inspect/inspection.h"

namespace spikeloom::cli {

/// Explains a spiking network file. Throws base::UserError if it is invalid.
Inspection inspect_network(const InspectedFile& file);

}  // namespace spikeloom::cli
