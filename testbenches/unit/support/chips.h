// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/chip_description.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::test {

/// Returns the chip of configs/chips/NAME.yaml.
arch::ChipDescription chip_file(const std::string& name);

/// Returns a chip of 3 x 2 cores with 200 axons and 512 dendrites each, with the timing of the
/// reference chip.
arch::ChipDescription small_chip();

/// Returns a chip of 12 x 12 cores that are so small that small networks reach all their limits.
arch::ChipDescription chip_of_small_cores();

/// Returns a random chip or board of any topology with small cores, so that small networks need
/// several fan-in groups and many cores, and some do not fit.
arch::ChipDescription random_chip(Random& random);

}  // namespace spikeloom::test
