// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/mapper/verify/core_readback.h"

namespace spikeloom::mapper {

/// Returns the cores that the deployment's transactions write to, by number on the board: their
/// state after loading, with the tables decoded. `finding` is called for everything that the
/// hardware would refuse, with the number of the core. The result keeps references to `deployment`.
std::map<int, CoreReadback> read_back(const arch::Deployment& deployment, const Finding& finding);

/// Whether `labels` name as many neurons and groups as the core's tables hold.
bool fits_tables(const arch::CoreLabels& labels, const CoreReadback& tables);

/// Returns what keeps a deployment from being run, one text for each problem: what the hardware
/// would refuse, and labels that are not those of the cores. What the cores compute is not checked;
/// `verify` does that.
std::vector<std::string> loading_faults(const arch::Deployment& deployment);

}  // namespace spikeloom::mapper
