// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/run_ticks.h"

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/parse_number.h"

namespace spikeloom::sim {

std::uint64_t ticks_of(const PreparedRun& prepared) {
  const Schedule schedule = prepared.simulation().schedule();
  return schedule.first_tick() + schedule.entries(prepared.count) * schedule.ticks_per_image();
}

std::optional<std::uint64_t> tick_number(const std::optional<std::string>& given, const char* name,
                                         std::uint64_t ticks) {
  if (!given) return std::nullopt;
  const auto tick = base::parse_number<std::uint64_t>(*given);
  if (!tick || *tick >= ticks) {
    throw base::UserError(
        fmt::format("--{}: got {}, allowed 0..{}, the ticks of this run", name, *given, ticks - 1));
  }
  return tick;
}

}  // namespace spikeloom::sim
