// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace spikeloom::converter {

/// Weights as a scale for each channel times codes of {-1, 0, 1}.
struct TernaryWeights {
  std::vector<std::int8_t> codes;
  std::vector<float> scales;  ///< [channel]; of a channel of zeros 0
};

/// Two weights of a channel that have no scale in common.
struct TernaryConflict {
  std::size_t channel;
  float first;
  float second;
};

/// Splits `weights`, [channel][...]. Fills `conflict` and returns nothing where a channel holds two
/// magnitudes.
std::optional<TernaryWeights> find_ternary(const std::vector<float>& weights, std::size_t channels,
                                           TernaryConflict& conflict);

}  // namespace spikeloom::converter
