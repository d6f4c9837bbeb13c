// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::arch {

// Names of chips, cores and links, the same in SystemC's hierarchy, waveforms, messages and on the
// command line. Coordinates are those on the board, as packets carry them.

// Parts of the board that are no layers, in tables of results. No layer has such a name.
inline constexpr std::string_view kInputPart = "input";  ///< what the host sends
inline constexpr std::string_view kIdleCoresPart = "(idle cores)";
inline constexpr std::string_view kChipPart = "(chip)";  ///< the chips without their cores

/// "chip0"
std::string chip_name(int chip);

/// "core_3_1": the core at x, y, as its chip names it.
std::string local_core_name(int x, int y);

/// "chip0.core_3_1": core `core` of the board.
std::string core_name(const ChipDescription& chip, int core);

/// The core of a name like "chip0.core_3_1", by number on the board; nothing where the text is no
/// such name or the board has no such core.
std::optional<int> find_core(const ChipDescription& chip, std::string_view name);

/// "(3,0) to (4,0)", or in a quadtree "level 1 (3,0) to level 2 (1,0)": a link between two routers.
std::string link_name(const RouterPlace& from, const RouterPlace& to);

}  // namespace spikeloom::arch
