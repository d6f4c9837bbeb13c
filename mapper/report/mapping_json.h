// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/mapper/report/report.h"

namespace spikeloom::mapper {

/// Everything that is known of a mapping (docs/mapper.md, "report.json").
nlohmann::ordered_json to_json(const mapper::MappingReport& report,
                               const arch::Deployment& deployment);

}  // namespace spikeloom::mapper
