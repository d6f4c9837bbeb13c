// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "common/chip_description.h"

namespace spikeloom::common {

/// A description as JSON and back, for deployments and results.
nlohmann::json to_json(const ChipDescription& chip);
ChipDescription chip_from_json(const nlohmann::json& json);

}  // namespace spikeloom::common
