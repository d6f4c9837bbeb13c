// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/explore/sweep/sweep_file.h"

namespace spikeloom::explore {

/// Returns the samples for which no condition holds, in their order. `columns` are the names of a
/// sample's values. Throws base::UserError that lists every condition that is not a valid
/// expression over the columns.
std::vector<Sample> without_excluded(const std::vector<std::string>& columns,
                                     std::vector<Sample> samples,
                                     const std::vector<Condition>& conditions);

}  // namespace spikeloom::explore
