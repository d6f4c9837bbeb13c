// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/base/progress.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/sync/tick_barrier.h"

namespace spikeloom::sim {

/// Parts of a board that are RTL.
struct RtlParts {
  std::set<int> cores;              ///< by number on the board
  std::set<std::uint32_t> routers;  ///< by number
  bool network = false;             ///< all routers and links, as one module
};

/// Reads which parts of a board are RTL: items, separated by semicolons,
///
///     core=X,Y   core=*   router=X,Y   router=*   network
///
/// with coordinates on the board; `core=*` are all cores in use, a router of a quadtree is
/// LEVEL,X,Y. Throws base::UserError with every item that cannot be read or names nothing.
RtlParts parse_rtl(const std::string& text, const arch::Deployment& deployment);

/// Returns a board's parts with those that are RTL, which it builds unless they have been built
/// before. Throws base::UserError if that is not possible.
hw::BoardParts board_parts(const RtlParts& rtl, const arch::ChipDescription& chip,
                           hw::Timing timing, base::ProgressSink* sink);

}  // namespace spikeloom::sim
