// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/deployment.h"
#include "testbenches/spikeloom/simulation/share_result.h"

namespace spikeloom::program {

/// Means over the ticks, or images, that count; docs/running.md.
std::string activity_csv(const ShareResult& result, const common::Deployment& deployment);
/// Likewise, of the links that carried packets.
std::string links_csv(const ShareResult& result, const common::Deployment& deployment);
std::string timeline_csv(const ShareResult& result, const common::Deployment& deployment);

}  // namespace spikeloom::program
