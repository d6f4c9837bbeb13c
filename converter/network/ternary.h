// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace spikeloom::converter {

/// Weights as codes of {-1, 0, 1} times one scale per channel.
struct TernaryWeights {
  std::vector<std::int8_t> codes;
  std::vector<float> scales;  ///< [channel]; 0 if all its weights are 0
};

/// Two weights of a channel with different nonzero magnitudes.
struct TernaryConflict {
  std::size_t channel;
  float first;
  float second;
};

/// Splits `weights`, [channel][...], into codes and scales. If a channel has two nonzero
/// magnitudes, sets `conflict` and returns nullopt.
std::optional<TernaryWeights> find_ternary(const std::vector<float>& weights, std::size_t channels,
                                           TernaryConflict& conflict);

}  // namespace spikeloom::converter
