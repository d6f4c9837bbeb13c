// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::arch {

/// A description as JSON, for deployments and results.
nlohmann::json to_json(const ChipDescription& chip);

/// The inverse, with the checks of a chip file; `source` is the file that it is from. Throws
/// UserError with every problem, keys named as in a chip file.
ChipDescription chip_from_json(const nlohmann::json& json, const std::string& source);

}  // namespace spikeloom::arch
