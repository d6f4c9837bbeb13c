// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/inspect/inspection.h"

namespace spikeloom::cli {

/// Whether the file begins like the images.csv of a run.
bool is_images_csv(const InspectedFile& file);

/// Explains the summary.json of a run. Throws base::UserError for other JSON.
Inspection inspect_summary(const InspectedFile& file);

/// Explains the images.csv of a run. Throws base::UserError for a malformed line.
Inspection inspect_images(const InspectedFile& file);

}  // namespace spikeloom::cli
