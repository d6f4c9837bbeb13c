// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Returns activity.csv: means over the steady ticks, by core (docs/running.md).
std::string activity_csv(const RangeResult& result, const arch::Deployment& deployment);
/// Returns links.csv: likewise, by link that carried packets.
std::string links_csv(const RangeResult& result, const arch::Deployment& deployment);
/// Returns timeline.csv: the timing of each part of the network in each tick.
std::string timeline_csv(const RangeResult& result, const arch::Deployment& deployment);

}  // namespace spikeloom::sim
