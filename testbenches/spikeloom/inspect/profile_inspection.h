// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "testbenches/spikeloom/inspect/inspection.h"

namespace spikeloom::program {

/// Explains a spike profile. Throws common::UserError for one that is not valid.
Inspection inspect_profile(const InspectedFile& file);

}  // namespace spikeloom::program
