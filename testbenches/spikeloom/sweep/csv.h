// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "testbenches/spikeloom/sweep/database.h"

namespace spikeloom::program {

/// Values as a line of CSV (RFC 4180): null is empty, numbers are read back as they are.
std::string csv_line(const std::vector<Value>& values);

}  // namespace spikeloom::program
