// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/core_tables.h"

#include <algorithm>
#include <cmath>

#include "spikeloom/base/mix.h"

namespace spikeloom::arch {

std::int32_t RandomStart::number(std::uint64_t tick_number, std::uint64_t neuron) const {
  const std::uint64_t stream = base::mixed(seed, tick_number);
  const auto word = static_cast<std::int64_t>(base::mixed(stream, neuron) >> 32);
  return static_cast<std::int32_t>(std::min<std::int64_t>(word + kAlwaysFires, kNeverFires - 1));
}

std::int32_t threshold_of_probability(double probability) {
  const double reached = std::round(std::ldexp(probability, 32));
  const double threshold = -double{kAlwaysFires} - reached;
  return static_cast<std::int32_t>(
      std::clamp(threshold, double{kAlwaysFires}, double{kNeverFires}));
}

std::uint64_t GroupEntry::encode() const {
  return kFields[0].put(first_dendrite) | kFields[1].put(dendrites) | kFields[2].put(axons);
}

GroupEntry GroupEntry::decode(std::uint64_t word) {
  return {kFields[0].get(word), kFields[1].get(word), kFields[2].get(word)};
}

std::uint32_t ExpansionEntry::encode() const {
  return static_cast<std::uint32_t>(kFields[0].put(axon) | kFields[1].put(group) |
                                    kFields[2].put(last ? 1 : 0));
}

ExpansionEntry ExpansionEntry::decode(std::uint32_t word) {
  return {kFields[1].get(word), kFields[0].get(word), kFields[2].get(word) != 0};
}

std::uint16_t GatherEntry::encode(int weight_planes) const {
  return static_cast<std::uint16_t>(weight_planes == 1 ? kFields[0].put(dendrite)
                                                       : kShiftedFields[0].put(dendrite) |
                                                             kShiftedFields[1].put(shift));
}

GatherEntry GatherEntry::decode(std::uint16_t word, int weight_planes) {
  if (weight_planes == 1) return {kFields[0].get(word), 0};
  return {kShiftedFields[0].get(word), kShiftedFields[1].get(word)};
}

std::array<std::uint64_t, 2> NeuronEntry::encode() const {
  return {kFields[0].put(first_gather) | kFields[1].put(gathers) | kFields[2].put(first_threshold) |
              kFields[3].put(thresholds),
          kFields[4].put(first_route) | kFields[5].put(routes)};
}

NeuronEntry NeuronEntry::decode(std::uint64_t word0, std::uint64_t word1) {
  return {kFields[0].get(word0), kFields[1].get(word0), kFields[2].get(word0),
          kFields[3].get(word0), kFields[4].get(word1), kFields[5].get(word1)};
}

}  // namespace spikeloom::arch
