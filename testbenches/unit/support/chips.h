// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/chip_description.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::test {

/// That of configs/chips/NAME.yaml.
arch::ChipDescription chip_file(const std::string& name);

/// A chip of 3 x 2 cores of 200 axons and 512 dendrites, with the reference chip's timing.
arch::ChipDescription small_chip();

/// 12 x 12 cores so small that small networks meet all of their limits.
arch::ChipDescription chip_of_small_cores();

/// A chip or board of any topology with small cores, so that small networks need fan-in groups
/// and many cores, and some do not fit.
arch::ChipDescription random_chip(Random& random);

}  // namespace spikeloom::test
