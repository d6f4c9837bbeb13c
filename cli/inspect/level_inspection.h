// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/inspect/inspection.h"

namespace spikeloom::cli {

/// Whether the file begins as a NumPy array.
bool is_numpy(const InspectedFile& file);

/// Explains a layer's levels as `run --record-levels` writes them. Throws base::UserError for an
/// array of another type or shape, and for one that is not whole.
Inspection inspect_levels(const InspectedFile& file);

}  // namespace spikeloom::cli
