// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/inspect/inspection.h"

namespace spikeloom::cli {

/// Whether the file begins like a NumPy array.
bool is_numpy(const InspectedFile& file);

/// Explains the levels of a layer, as written by `run --record-levels`. Throws base::UserError for
/// an array of another type or shape or a truncated file.
Inspection inspect_levels(const InspectedFile& file);

}  // namespace spikeloom::cli
