// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/inspect/inspection.h"
#include "spikeloom/sim/results/csv_file.h"

namespace spikeloom::cli {

/// Returns the kind of energy file that the header identifies, or null.
const sim::CsvFile* energy_file(const InspectedFile& file);

/// Explains an energy file. Throws base::UserError for a malformed line.
Inspection inspect_energy(const InspectedFile& file, const sim::CsvFile& kind,
                          const LineLimit& limit);

}  // namespace spikeloom::cli
