// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"

namespace spikeloom::converter {

/// The function of a channel from its potential m to the input of the quantizer, in real
/// arithmetic: the steps applied to slope * m + offset.
struct ChannelFunction {
  Rational slope = 1;
  Rational offset = 0;
  const std::vector<ChannelStep>* steps = nullptr;  ///< with at most one normalization
  std::size_t channel = 0;                          ///< which of the steps' values are its own
};

struct ChannelThresholds {
  bool flipped = false;  ///< y decreases with m: negate the weights; the thresholds are for -m
  std::vector<std::int32_t> values;  ///< [level], ascending
};

/// Whether y decreases with m.
bool decreases(const ChannelFunction& function);

/// Returns the smallest potential at which each of `levels` is reached, decided exactly. A level
/// that all potentials of -max_potential..max_potential reach gets kAlwaysFires, one that none
/// reaches kNeverFires (arch/core_tables.h).
ChannelThresholds find_thresholds(const ChannelFunction& function,
                                  const std::vector<LevelThreshold>& levels,
                                  std::int32_t max_potential);

}  // namespace spikeloom::converter
