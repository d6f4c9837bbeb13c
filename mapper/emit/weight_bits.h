// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/emit/core_image.h"
#include "spikeloom/mapper/plan/geometry.h"

namespace spikeloom::mapper {

/// The weights of a term for neighbouring outputs, as the bits that their dendrites hold for each
/// input of their windows. These are the same at all places of the layer's image.
///
/// In a group of axons the dendrites of the outputs follow each other, those of an output's copies
/// too, and of a copy those of all planes with all their shifts.
class WeightBits {
 public:
  /// Of the output channels `channels` of the layer, which are of one convolution group of the
  /// term. A layer that pools has no weights, and no bits here.
  WeightBits(const converter::SpikingLayer& layer, const TermGeometry& term, int copies,
             const Span& channels);

  /// Returns the bits of an input, by its index among the weights of an output channel.
  DendriteBits of(std::size_t weight) const {
    return {&plus_[weight * words_], &minus_[weight * words_], words_};
  }

 private:
  std::size_t words_;                ///< of an input
  std::vector<std::uint64_t> plus_;  ///< [weight][word]
  std::vector<std::uint64_t> minus_;
};

/// The numbers of weights of +1 and of -1.
struct SignCount {
  std::int64_t positive = 0;
  std::int64_t negative = 0;
};

/// Counts the weights of a term of the network by output channel and tap.
class TapSigns {
 public:
  explicit TapSigns(const converter::Term& term);

  /// Of output channel `output` of the term at one tap, over all its input channels.
  SignCount count(int output, int tap) const {
    const auto i = static_cast<std::size_t>(output) * taps_ + static_cast<std::size_t>(tap);
    return {positive_[i], negative_[i]};
  }

 private:
  std::size_t taps_;
  std::vector<std::int32_t> positive_;  ///< [output][tap]
  std::vector<std::int32_t> negative_;
};

}  // namespace spikeloom::mapper
