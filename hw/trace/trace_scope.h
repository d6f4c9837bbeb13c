// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/trace/router_list.h"

namespace spikeloom::hw {

/// What a trace shows.
struct TraceScope {
  std::map<int, std::set<int>> cores;  ///< by number on the board: neurons of it, if any
  std::set<std::uint32_t> routers;     ///< by number
  bool host = false;
  bool bus = false;
};

/// What a scope may name.
struct TraceableBoard {
  const arch::ChipDescription& chip;
  const RouterList& routers;
  std::map<int, int> neurons;  ///< by core on the board: neurons in use
};

/// Reads a scope (docs/waveforms.md): items, divided by commas,
///
///     chipC.core[X,Y]   chipC.core[X,Y].neuron[N]   chipC.router[X,Y]   board.router[L,X,Y]
///     host   bus
///
/// where C and each index may be a number, a range A:B, or * for all, and X, Y are coordinates on
/// the board; a quadtree's routers are [LEVEL,X,Y]. Names of cores and routers, chipC.core_X_Y and
/// the like, do for what has numbers only. Throws base::UserError with every item that
/// cannot be read or names nothing.
TraceScope parse_scope(const std::string& text, const TraceableBoard& board);

}  // namespace spikeloom::hw
