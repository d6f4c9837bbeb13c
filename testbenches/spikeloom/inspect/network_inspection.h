// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "testbenches/spikeloom/inspect/inspection.h"

namespace spikeloom::program {

/// Explains a spiking network file. Throws common::UserError for one that is not valid.
Inspection inspect_network(const InspectedFile& file);

}  // namespace spikeloom::program
