// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "mapper/emission.h"
#include "mapper/report.h"

namespace spikeloom::mapper {

/// Route entries that each block's neurons take; `next` as BlockEmitter's.
std::vector<long long> block_routes(const LayerMap& layer, const LayerRoutes* next);

MappingReport build_report(const MappedNetwork& mapped, const std::vector<EmissionCounts>& counts,
                           const common::Deployment& deployment, const PlanReport& plans);

}  // namespace spikeloom::mapper
