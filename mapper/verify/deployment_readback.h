// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/mapper/verify/core_readback.h"

namespace spikeloom::mapper {

/// Returns the cores that the deployment's transactions write to, by number on the board: their
/// state after loading, with the tables decoded. `finding` is called for everything that the
/// hardware would refuse, with the number of the core. The result keeps references to `deployment`.
std::map<int, CoreReadback> read_back(const arch::Deployment& deployment, const Finding& finding);

}  // namespace spikeloom::mapper
