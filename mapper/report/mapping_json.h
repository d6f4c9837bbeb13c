// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/mapper/report/report.h"

namespace spikeloom::mapper {

/// Returns the contents of report.json (docs/mapper.md).
nlohmann::ordered_json to_json(const mapper::MappingReport& report,
                               const arch::Deployment& deployment);

}  // namespace spikeloom::mapper
