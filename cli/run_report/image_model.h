// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "cli/run_report/run_directory.h"

namespace spikeloom::cli {

/// Of a run's images: classes by name, the confusion matrix [label][predicted], latencies in
/// milliseconds, and the ones that it got wrong with their pixels (base64, [channel][y][x]) as far
/// as they were kept. Throws base::UserError where the files do not agree.
nlohmann::ordered_json image_model(const RunDirectory& run);

}  // namespace spikeloom::cli
