// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/cosim/verilated_library.h"

namespace spikeloom::rtl {

/// Returns the names of the chips of testbenches/rtl/chips that begin with `start`, in order.
std::vector<std::string> chips_named(const std::string& start);

/// Returns the chip of a name.
arch::ChipDescription chip_of(const std::string& name);

/// Returns the number that an environment variable of this name holds, by which a test can be made
/// longer or shorter, or `default_value`.
std::uint64_t setting(const char* name, std::uint64_t default_value);

/// Replaces modules by those in the directory that SPIKELOOM_RTL_MODULES names, if it is set: to
/// try a change without building the program anew.
cosim::VerilatedSource replace_modules(cosim::VerilatedSource source);

}  // namespace spikeloom::rtl
