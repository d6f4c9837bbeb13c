// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/inspect/inspection.h"

namespace spikeloom::cli {

/// Whether the file begins like a NumPy archive (.npz).
bool is_archive(const InspectedFile& file);
/// Explains a spike trace of run --record-spikes (docs/waveforms.md): numbers of spikes and images,
/// and its arrays. Throws base::UserError for another archive.
Inspection inspect_trace(const InspectedFile& file);

}  // namespace spikeloom::cli
