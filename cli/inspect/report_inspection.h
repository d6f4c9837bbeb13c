// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/inspect/inspection.h"

namespace spikeloom::cli {

/// Whether a JSON file has the keys of a report.json of map --report.
bool is_mapping_report(const InspectedFile& file);
/// Explains a mapping report. Throws base::UserError if fields are missing.
Inspection inspect_mapping_report(const InspectedFile& file);

}  // namespace spikeloom::cli
