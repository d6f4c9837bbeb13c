// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "testbenches/spikeloom/sweep/sweep_file.h"

namespace spikeloom::program {

/// The samples for which no condition holds, in their order. `columns` are the names of a sample's
/// values. Throws common::UserError with every condition that is no expression over them.
std::vector<Sample> without_excluded(const std::vector<std::string>& columns,
                                     std::vector<Sample> samples,
                                     const std::vector<Condition>& conditions);

}  // namespace spikeloom::program
