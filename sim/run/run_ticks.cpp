// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/run_ticks.h"

#include <charconv>

#include <fmt/format.h>

#include "spikeloom/base/error.h"

namespace spikeloom::sim {

std::uint64_t ticks_of(const PreparedRun& prepared) {
  const Schedule schedule = prepared.simulation().schedule();
  return schedule.first_tick() + schedule.entries(prepared.count) * schedule.ticks_per_image();
}

std::optional<std::uint64_t> tick_number(const std::optional<std::string>& given, const char* name,
                                         std::uint64_t ticks) {
  if (!given) return std::nullopt;
  const std::string& text = *given;
  std::uint64_t tick = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), tick);
  if (error != std::errc() || end != text.data() + text.size() || tick >= ticks) {
    throw base::UserError(
        fmt::format("--{}: got {}, allowed 0..{}, the ticks of this run", name, text, ticks - 1));
  }
  return tick;
}

}  // namespace spikeloom::sim
