// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/converter/network/rational.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// What a channel makes of its potential m before the quantizer, in real arithmetic:
/// y(m) = (slope * m + offset) / sqrt(variance) + shift, variance > 0.
struct ChannelFunction {
  Rational slope = 1;
  Rational offset = 0;
  Rational variance = 1;
  Rational shift = 0;
};

struct ChannelThresholds {
  bool flipped = false;  ///< y falls with m: negate the channel's weights, the thresholds are of -m
  std::vector<std::int32_t> values;  ///< [level], ascending
};

/// The least potentials at which each level of `quantizer` fires: level i where y * 2^k >= i + 1/2,
/// or > for Rounding::kHalfEven and even i, decided exactly. A level that all potentials of
/// -most_potential..most_potential reach, or none, gets kAlwaysFires or kNeverFires
/// (common/core_tables.h).
ChannelThresholds find_thresholds(const ChannelFunction& function, const Quantizer& quantizer,
                                  std::int32_t max_potential);

}  // namespace spikeloom::converter
