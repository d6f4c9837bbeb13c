// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace spikeloom::sim {

/// Returns the names of a data set's classes, by class number; empty for an unknown data set.
std::vector<std::string> class_names(const std::string& data_set);

}  // namespace spikeloom::sim
