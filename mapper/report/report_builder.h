// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/mapper/emit/emission.h"
#include "spikeloom/mapper/report/report.h"

namespace spikeloom::mapper {

/// Returns the number of route entries that the neurons of each block of a layer take, [block].
/// `number` is the layer's number.
std::vector<long long> block_routes(const LayerMap& layer, int number,
                                    const NetworkRoutes& network);

/// Builds the report of a mapping, except for its traffic.
MappingReport build_report(const MappedNetwork& mapped, const std::vector<EmissionCounts>& counts,
                           const arch::Deployment& deployment, const PlanReport& plans);

}  // namespace spikeloom::mapper
