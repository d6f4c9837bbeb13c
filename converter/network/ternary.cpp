// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/ternary.h"

#include <cmath>

namespace spikeloom::converter {

std::optional<TernaryWeights> find_ternary(const std::vector<float>& weights, std::size_t channels,
                                           TernaryConflict& conflict) {
  TernaryWeights ternary;
  ternary.codes.reserve(weights.size());
  ternary.scales.assign(channels, 0.0F);
  const std::size_t fan_in = weights.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    float& scale = ternary.scales[c];
    float first = 0.0F;
    for (std::size_t i = c * fan_in; i < (c + 1) * fan_in; ++i) {
      const float weight = weights[i];
      ternary.codes.push_back(static_cast<std::int8_t>((weight > 0) - (weight < 0)));
      if (weight == 0) continue;
      if (scale == 0) {
        first = weight;
        scale = std::abs(weight);
      } else if (std::abs(weight) != scale) {
        conflict = {c, first, weight};
        return std::nullopt;
      }
    }
  }
  return ternary;
}

}  // namespace spikeloom::converter
