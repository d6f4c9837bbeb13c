// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/emit/weight_bits.h"

namespace spikeloom::mapper {
namespace {

constexpr std::size_t kWordBits = 64;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace

WeightBits::WeightBits(const converter::SpikingLayer& layer, const TermGeometry& term, int copies,
                       const Span& channels) {
  const std::size_t per_copy = at(term.dendrites_per_weight());
  words_ = (at(channels.size() * copies) * per_copy + kWordBits - 1) / kWordBits;
  if (pools(layer.kind)) return;
  const std::size_t weights = at(term.inputs_per_group) * at(term.kernel_taps());
  plus_.resize(weights * words_);
  minus_.resize(plus_.size());
  std::size_t offset = 0;  // of the plane among the dendrites of a copy
  for (const WeightPlane& plane : term.planes) {
    for (int channel = channels.first; channel < channels.end; ++channel) {
      const std::int8_t* const first =
          &layer.terms[plane.term].weights[at(channel - term.first_output) * weights];
      for (int copy = 0; copy < copies; ++copy) {
        const std::size_t dendrite =
            at((channel - channels.first) * copies + copy) * per_copy + offset;
        for (std::size_t bit = dendrite; bit < dendrite + plane.shifts.size(); ++bit) {
          const std::size_t shift = bit % kWordBits;
          std::uint64_t* const plus = &plus_[bit / kWordBits];
          std::uint64_t* const minus = &minus_[bit / kWordBits];
          for (std::size_t i = 0; i < weights; ++i) {
            plus[i * words_] |= std::uint64_t{first[i] > 0} << shift;
            minus[i * words_] |= std::uint64_t{first[i] < 0} << shift;
          }
        }
      }
    }
    offset += plane.shifts.size();
  }
}

TapSigns::TapSigns(const converter::Term& term) : taps_(at(term.window.taps())) {
  if (term.weights.empty()) return;
  positive_.resize(at(term.outputs) * taps_);
  negative_.resize(positive_.size());
  const std::int8_t* weight = term.weights.data();
  for (std::size_t output = 0; output < at(term.outputs); ++output) {
    for (int input = 0; input < term.group_inputs(); ++input) {
      for (std::size_t i = output * taps_; i < (output + 1) * taps_; ++i, ++weight) {
        positive_[i] += *weight > 0 ? 1 : 0;
        negative_[i] += *weight < 0 ? 1 : 0;
      }
    }
  }
}

}  // namespace spikeloom::mapper
