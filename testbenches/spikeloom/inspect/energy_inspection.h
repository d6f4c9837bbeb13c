// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "testbenches/spikeloom/inspect/inspection.h"
#include "testbenches/spikeloom/results/csv_file.h"

namespace spikeloom::program {

/// Which of a run's energy files it begins as, or null.
const CsvFile* energy_file(const InspectedFile& file);

/// Explains such a file. Throws common::UserError for a line that is not one of it.
Inspection inspect_energy(const InspectedFile& file, const CsvFile& kind, const LineLimit& limit);

}  // namespace spikeloom::program
