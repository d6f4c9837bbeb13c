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
  std::map<int, std::set<int>> cores;  ///< traced neurons of each core, by number on the board
  std::set<std::uint32_t> routers;     ///< by number
  bool host = false;
  bool bus = false;
};

/// What can be traced on a board.
struct TraceableBoard {
  const arch::ChipDescription& chip;
  const RouterList& routers;
  std::map<int, int> neurons;  ///< neurons in use of each core, by number on the board
};

/// Reads a scope (docs/waveforms.md): items, separated by commas,
///
///     chipC.core[X,Y]   chipC.core[X,Y].neuron[N]   chipC.router[X,Y]   board.router[L,X,Y]
///     host   bus
///
/// C and each index may be a number, a range A:B, or * for all; X and Y are coordinates on the
/// board. The routers of a quadtree are [LEVEL,X,Y]. If all indices are numbers, the names of
/// cores and routers in traces, such as chipC.core_X_Y, are accepted as well. Throws
/// base::UserError with every item that cannot be read or names nothing that exists.
TraceScope parse_scope(const std::string& text, const TraceableBoard& board);

}  // namespace spikeloom::hw
