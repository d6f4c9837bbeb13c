// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/base/progress.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/sync/tick_barrier.h"

namespace spikeloom::sim {

/// Reads which cores of a board are RTL: items, separated by semicolons, `core=X,Y` with
/// coordinates on the board, or `core=*`: all cores in use. Returns their numbers. Throws
/// base::UserError with every item that cannot be read or names no core.
std::set<int> parse_rtl_cores(const std::string& text, const arch::Deployment& deployment);

/// Returns the parts of a board whose cores named in `text` are RTL, which it builds unless it has
/// been built before. Throws base::UserError if that is not possible.
hw::BoardParts rtl_parts(const std::string& text, const arch::Deployment& deployment,
                         hw::Timing timing, base::ProgressSink* sink);

}  // namespace spikeloom::sim
