// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace spikeloom::sim {

/// What the classes of a data set are called, by number; empty for one that is not known.
std::vector<std::string> class_names(const std::string& data_set);

}  // namespace spikeloom::sim
