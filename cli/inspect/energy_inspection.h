// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/inspect/inspection.h"
#include "spikeloom/sim/results/csv_file.h"

namespace spikeloom::cli {

/// Which of a run's energy files it begins as, or null.
const sim::CsvFile* energy_file(const InspectedFile& file);

/// Explains such a file. Throws base::UserError for a line that is not one of it.
Inspection inspect_energy(const InspectedFile& file, const sim::CsvFile& kind,
                          const LineLimit& limit);

}  // namespace spikeloom::cli
