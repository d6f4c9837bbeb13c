// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "testbenches/property/property_case.h"

namespace spikeloom::property {

/// What some case must have, so that nothing stays untried.
std::vector<std::string> all_features();

/// Returns those of a case.
std::vector<std::string> features(const Case& c);

}  // namespace spikeloom::property
