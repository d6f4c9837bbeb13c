// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/converter/network/rational.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// The function of a channel from its potential m to the input of the quantizer, in real
/// arithmetic: y(m) = (slope * m + offset) / sqrt(variance) + shift, variance > 0.
struct ChannelFunction {
  Rational slope = 1;
  Rational offset = 0;
  Rational variance = 1;
  Rational shift = 0;
};

struct ChannelThresholds {
  bool flipped = false;  ///< y decreases with m: negate the weights; the thresholds are for -m
  std::vector<std::int32_t> values;  ///< [level], ascending
};

/// Returns the smallest potential at which each level of `quantizer` fires: level i fires if
/// y * 2^k >= i + 1/2, or > for Rounding::kHalfEven and even i; this is decided exactly. A level
/// that all potentials of -max_potential..max_potential reach gets kAlwaysFires, one that none
/// reaches kNeverFires (arch/core_tables.h).
ChannelThresholds find_thresholds(const ChannelFunction& function, const Quantizer& quantizer,
                                  std::int32_t max_potential);

}  // namespace spikeloom::converter
