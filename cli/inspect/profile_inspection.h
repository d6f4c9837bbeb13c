// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/inspect/inspection.h"

namespace spikeloom::cli {

/// Explains a spike profile. Throws base::UserError if it is invalid.
Inspection inspect_profile(const InspectedFile& file);

}  // namespace spikeloom::cli
