// SPDX-License-Identifier: Apache-2.0
#include "common/core_tables.h"

namespace spikeloom::common {
namespace {

constexpr std::uint64_t put(int value, int shift) {
  return (static_cast<std::uint64_t>(static_cast<unsigned>(value)) & 0xffff) << shift;
}

constexpr int get(std::uint64_t word, int shift) {
  return static_cast<int>(word >> shift & 0xffff);
}

}  // namespace

std::uint64_t GroupEntry::encode() const {
  return put(first_dendrite, 0) | put(dendrites, 16) | put(axons, 32);
}

GroupEntry GroupEntry::decode(std::uint64_t word) {
  return {get(word, 0), get(word, 16), get(word, 32)};
}

std::array<std::uint64_t, 2> NeuronEntry::encode() const {
  return {put(first_gather, 0) | put(gathers, 16) | put(first_threshold, 32) | put(thresholds, 48),
          put(first_route, 0) | put(routes, 16)};
}

NeuronEntry NeuronEntry::decode(std::uint64_t word0, std::uint64_t word1) {
  return {get(word0, 0),  get(word0, 16), get(word0, 32),
          get(word0, 48), get(word1, 0),  get(word1, 16)};
}

}  // namespace spikeloom::common
