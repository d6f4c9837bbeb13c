// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/board_note.h"

#include <fmt/format.h>

namespace spikeloom::sim {

std::string grown_board_note(const arch::ChipDescription& given,
                             const arch::ChipDescription& used) {
  if (given.board.columns == used.board.columns && given.board.rows == used.board.rows) return "";
  return fmt::format("board: {} x {} chips, the smallest that fits; {} x {} has too few cores\n",
                     used.board.columns, used.board.rows, given.board.columns, given.board.rows);
}

}  // namespace spikeloom::sim
