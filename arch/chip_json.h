// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::arch {

/// Returns a description as JSON, for deployments and results.
nlohmann::json to_json(const ChipDescription& chip);

/// The inverse of to_json, with all checks of a chip file. `source` is the name of the file that
/// holds `json`. Throws UserError with all problems, in which keys are named as in a chip file.
ChipDescription chip_from_json(const nlohmann::json& json, const std::string& source);

}  // namespace spikeloom::arch
