// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/mapper/verify/core_readback.h"

namespace spikeloom::mapper {

/// The cores that the deployment's transactions write to, by number on the board, as they are after
/// loading, their tables decoded. `finding` gets what the hardware would refuse, with its core. The
/// result refers to `deployment`.
std::map<int, CoreReadback> read_back(const arch::Deployment& deployment, const Finding& finding);

}  // namespace spikeloom::mapper
