// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Means over the ticks, or images, that count; docs/running.md.
std::string activity_csv(const RangeResult& result, const arch::Deployment& deployment);
/// Likewise, of the links that carried packets.
std::string links_csv(const RangeResult& result, const arch::Deployment& deployment);
std::string timeline_csv(const RangeResult& result, const arch::Deployment& deployment);

}  // namespace spikeloom::sim
