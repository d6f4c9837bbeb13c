// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"

namespace spikeloom::converter {

/// Largest magnitude of a weight in multiples of its scale: 8 bits.
inline constexpr int kMaxCode = 255;

/// Weights as integers times one scale per channel.
struct WeightGrid {
  std::vector<std::int16_t> codes;  ///< -kMaxCode..kMaxCode, in each channel without common divisor
  std::vector<Rational> scales;     ///< [channel]; 0 if all its weights are 0
  bool rounded = false;  ///< the values equal code * scale only after rounding to float32
};

/// Two weights of a channel that no scale has as multiples up to kMaxCode.
struct WeightConflict {
  std::size_t channel;
  float first;
  float second;
};

/// Finds integers and scales of `weights`: those that the file gives, else a scale of which the
/// values are multiples, exactly or, if there is none, after rounding to float32. If a channel has
/// none, sets `conflict` and returns nullopt.
std::optional<WeightGrid> find_grid(const GraphWeights& weights, std::size_t channels,
                                    WeightConflict& conflict);

/// Ternary weights that count 2^shift times.
struct WeightPlane {
  int shift = 0;
  std::vector<std::int8_t> weights;  ///< in {-1, 0, 1}
};

/// Writes each code as a sum of its planes: with as few planes as the codes allow, then with as few
/// nonzero weights, then with the lowest shifts. Planes are in ascending order of shift; a plane of
/// zeros is left out unless it is the only one.
std::vector<WeightPlane> split_planes(const std::vector<std::int16_t>& codes);

}  // namespace spikeloom::converter
