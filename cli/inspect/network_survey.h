// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/inspect/inspection.h"
#include "spikeloom/base/progress.h"
#include "spikeloom/converter/onnx_import.h"

namespace spikeloom::cli {

/// Converts every ONNX model below `directory`, in the order of their paths, and tells which are
/// accepted and why the others are not, with counts by reason. Throws base::UserError if there is
/// no such folder, or no model in it.
Inspection survey_networks(const std::string& directory, const converter::ImportOptions& options,
                           base::ProgressSink* progress);

}  // namespace spikeloom::cli
