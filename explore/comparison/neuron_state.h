// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/hw/board/board.h"

namespace spikeloom::explore {

/// State of a neuron of the chip at the end of a tick.
struct NeuronState {
  int chip = 0;
  int x = 0;  ///< coordinates of its core on the board
  int y = 0;
  std::size_t number = 0;  ///< index in its core
  std::int32_t potential = 0;
  std::int32_t threshold = 0;  ///< of the requested level

  /// "chip0.core_1_2, neuron 3, potential 7, threshold 8"
  std::string text() const;
};

/// Returns the state of the chip's neuron that implements `level` of a network neuron, if there is
/// one.
std::optional<NeuronState> find_neuron(const arch::Deployment& deployment, hw::Board& board,
                                       std::size_t layer, std::size_t neuron, int level);

/// "neuron 17 (channel 1, y 0, x 1)"
std::string neuron_text(const converter::Shape& shape, std::size_t neuron);

}  // namespace spikeloom::explore
