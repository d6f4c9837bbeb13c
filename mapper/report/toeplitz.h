// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/geometry.h"

namespace spikeloom::mapper {

/// What a layer would take as one dense matrix, the baseline of the report: input neurons are rows,
/// output neurons columns, both pixel by pixel with the channels of a pixel side by side, which
/// keeps the taps near the diagonal. The matrix is cut into tiles of a core's axons by its
/// dendrites, a tile a core; an input neuron's levels, and an output neuron's copies, stay
/// together. Partial sums of the tiles of a column would have to be added outside; the baseline is
/// not charged for it. Of a layer of several terms each one is such a matrix.
struct ToeplitzBaseline {
  std::int64_t tiles = 0;    ///< of the whole matrix
  std::int64_t cores = 0;    ///< tiles that hold a tap: the others are left out
  std::int64_t packets = 0;  ///< if each input neuron fires one level: the tiles of a row lie side
                             ///< by side, a packet serves neighbours
  std::int64_t level_packets = 0;  ///< if it fires all of its levels
  std::int64_t deliveries = 0;     ///< tiles that those packets reach
};

ToeplitzBaseline toeplitz(const LayerGeometry& layer, const arch::CoreDescription& core);

}  // namespace spikeloom::mapper
