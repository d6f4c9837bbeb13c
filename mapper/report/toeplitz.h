// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/geometry.h"

namespace spikeloom::mapper {

/// Cost of a layer as one dense matrix, which is the baseline of the report. Input neurons are rows
/// and output neurons columns, both pixel by pixel with the channels of a pixel adjacent, which
/// keeps the taps near the diagonal. The matrix is divided into tiles of (axons of a core) x
/// (dendrites of a core), one per core. The levels of an input neuron and the copies of an output
/// neuron stay together. Partial sums of the tiles of a column would have to be added outside the
/// cores; the baseline is not charged for that. In a layer with several terms, each term is such a
/// matrix.
struct ToeplitzBaseline {
  std::int64_t tiles = 0;    ///< tiles of the whole matrix
  std::int64_t cores = 0;    ///< tiles that hold a tap; the others are omitted
  std::int64_t packets = 0;  ///< if each input neuron fires one level; the tiles of a row lie side
                             ///< by side, and one packet serves adjacent tiles
  std::int64_t level_packets = 0;  ///< likewise if each input neuron fires all of its levels
  std::int64_t deliveries = 0;     ///< tiles reached, summed over `packets`
};

/// Returns the baseline for a layer on cores of this kind.
ToeplitzBaseline toeplitz(const LayerGeometry& layer, const arch::CoreDescription& core);

}  // namespace spikeloom::mapper
