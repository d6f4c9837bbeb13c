// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "spikeloom/sim/run/prepared_run.h"

namespace spikeloom::sim {

/// Returns the number of ticks of a run with one worker, including those before its first image.
std::uint64_t ticks_of(const PreparedRun& prepared);

/// Returns the number of a tick that option `name` gives, nullopt if it is not given. Throws
/// base::UserError for anything but the number of one of `ticks` ticks.
std::optional<std::uint64_t> tick_number(const std::optional<std::string>& given, const char* name,
                                         std::uint64_t ticks);

}  // namespace spikeloom::sim
