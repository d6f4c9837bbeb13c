// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/names.h"

#include <fmt/format.h>

namespace spikeloom::arch {

std::string chip_name(int chip) { return fmt::format("chip{}", chip); }

std::string local_core_name(int x, int y) { return fmt::format("core_{}_{}", x, y); }

std::string core_name(const ChipDescription& chip, int core) {
  const MeshDescription grid = chip.grid();
  return chip_name(chip.place(core).chip) + "." + local_core_name(grid.x(core), grid.y(core));
}

std::optional<int> find_core(const ChipDescription& chip, std::string_view name) {
  for (int core = 0; core < chip.grid().cores(); ++core) {
    if (core_name(chip, core) == name) return core;
  }
  return std::nullopt;
}

std::string link_name(const RouterPlace& from, const RouterPlace& to) {
  return text(from) + " to " + text(to);
}

}  // namespace spikeloom::arch
