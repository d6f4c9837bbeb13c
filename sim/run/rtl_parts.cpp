// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/rtl_parts.h"

#include <charconv>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/diagnostics.h"
#include "spikeloom/base/error.h"
#include "spikeloom/cosim/rtl_core.h"

namespace spikeloom::sim {
namespace {

/// Reads "X,Y".
std::optional<std::pair<int, int>> coordinates(std::string_view text) {
  const char* const end = text.data() + text.size();
  int x = 0;
  int y = 0;
  const auto first = std::from_chars(text.data(), end, x);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ',') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, y);
  if (second.ec != std::errc() || second.ptr != end) return std::nullopt;
  return std::pair(x, y);
}

}  // namespace

std::set<int> parse_rtl_cores(const std::string& text, const arch::Deployment& deployment) {
  constexpr std::string_view kCore = "core=";
  const arch::MeshDescription grid = deployment.chip.grid();
  std::set<int> cores;
  base::Diagnostics problems;
  std::istringstream items(text);
  for (std::string item; std::getline(items, item, ';');) {
    const std::string_view place = std::string_view(item).substr(0, kCore.size()) == kCore
                                       ? std::string_view(item).substr(kCore.size())
                                       : std::string_view();
    const auto at = coordinates(place);
    if (place == "*") {
      for (const arch::CoreLabels& core : deployment.cores) cores.insert(core.core);
    } else if (!at) {
      problems.add(fmt::format(
          "--rtl: got {}, allowed core=X,Y or core=* (several: core=0,0;core=1,0)", item));
    } else if (at->first < 0 || at->first >= grid.columns || at->second < 0 ||
               at->second >= grid.rows) {
      problems.add(fmt::format("--rtl: got {}, allowed columns 0..{} and rows 0..{}", item,
                               grid.columns - 1, grid.rows - 1));
    } else {
      cores.insert(grid.core_at(at->first, at->second));
    }
  }
  problems.finish();
  return cores;
}

hw::BoardParts rtl_parts(const std::string& text, const arch::Deployment& deployment,
                         hw::Timing timing, base::ProgressSink* sink) {
  if (!has_cycles(timing)) {
    throw base::UserError(fmt::format(
        "--rtl: cores in RTL work cycle by cycle: got timing {}, allowed cycle", name(timing)));
  }
  std::set<int> cores = parse_rtl_cores(text, deployment);
  hw::BoardParts parts;
  parts.core = cosim::mixed_cores(
      std::move(cores),
      cosim::VerilatedLibrary::load(cosim::rtl_core_source(deployment.chip), sink));
  return parts;
}

}  // namespace spikeloom::sim
