// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/cosim/chip_package.h"

namespace spikeloom::cosim {

/// Name of the list of the other files, in the order in which a tool must read them.
inline constexpr const char* kFileList = "files.f";

/// Bits of the number of an input, in the port `activity_input` of a router.
inline constexpr int kInputNumberBits = 4;

/// Returns the RTL of a chip as files (name: text): its packages, all modules or those that the
/// module `top` consists of, and kFileList.
std::map<std::string, std::string> rtl_sources(const arch::ChipDescription& chip,
                                               const RtlOptions& options = {},
                                               const std::string& top = {});

/// Returns testbenches of golden vectors likewise, with the packages and the modules that they
/// consist of.
std::map<std::string, std::string> testbench_sources(const arch::ChipDescription& chip,
                                                     const std::vector<std::string>& testbenches);

}  // namespace spikeloom::cosim
