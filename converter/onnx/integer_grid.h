// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace spikeloom::converter {

/// The integers that a tensor's numbers stand for.
struct IntegerGrid {
  std::vector<std::int32_t> codes;
  std::vector<double> scales;
  int axis = 0;
};

}  // namespace spikeloom::converter
