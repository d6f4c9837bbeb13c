// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/mapper/emit/emission.h"
#include "spikeloom/mapper/report/report.h"

namespace spikeloom::mapper {

/// Route entries that the neurons of each block of layer `number` take.
std::vector<long long> block_routes(const LayerMap& layer, int number,
                                    const NetworkRoutes& network);

MappingReport build_report(const MappedNetwork& mapped, const std::vector<EmissionCounts>& counts,
                           const arch::Deployment& deployment, const PlanReport& plans);

}  // namespace spikeloom::mapper
