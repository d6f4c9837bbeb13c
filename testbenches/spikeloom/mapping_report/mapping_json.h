// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "common/deployment.h"
#include "mapper/report.h"

namespace spikeloom::program {

/// Everything that is known of a mapping (docs/mapper.md, "report.json").
nlohmann::ordered_json to_json(const mapper::MappingReport& report,
                               const common::Deployment& deployment);

}  // namespace spikeloom::program
