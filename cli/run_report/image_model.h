// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "cli/run_report/run_directory.h"

namespace spikeloom::cli {

/// Returns the model of a run's images: latencies in milliseconds and, if the images have labels,
/// class names, the confusion matrix [label][predicted], and the misclassified images with their
/// pixels (base64, [channel][y][x]) if those were kept. Throws base::UserError if the files are
/// inconsistent.
nlohmann::ordered_json image_model(const RunDirectory& run);

}  // namespace spikeloom::cli
