// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/host_input.h"

#include <algorithm>
#include <cstring>

#include "spikeloom/base/vector_clones.h"

namespace spikeloom::sim {
namespace {

constexpr std::size_t kWordBits = 64;

/// Sets bit j % 64 of bits[j / 64] if levels[j] > level.
SPIKELOOM_VECTOR_CLONES
void reached_bits(const std::uint8_t* levels, std::size_t count, std::uint8_t level,
                  std::uint64_t* bits) {
  std::uint8_t reached[kWordBits];
  for (std::size_t first = 0; first < count; first += kWordBits) {
    const std::size_t left = std::min(kWordBits, count - first);
    if (left < kWordBits) std::memset(reached, 0, sizeof reached);
    for (std::size_t j = 0; j < left; ++j) reached[j] = levels[first + j] > level ? 1 : 0;
    std::uint64_t word = 0;
    for (std::size_t byte = 0; byte < kWordBits / 8; ++byte) {
      std::uint64_t eight;
      std::memcpy(&eight, reached + byte * 8, sizeof eight);
      // Moves bit 0 of byte i to bit 56 + i.
      word |= (eight * 0x0102040810204080 >> 56) << byte * 8;
    }
    bits[first / kWordBits] = word;
  }
}

}  // namespace

HostInput::HostInput(const Simulation& simulation)
    : simulation_(simulation),
      encoder_(simulation.network.encoder),
      levels_(static_cast<std::size_t>(encoder_.outputs())) {}

void HostInput::encode(std::size_t image) {
  if (simulation_.recorded != nullptr) {
    spikes_ = simulation_.recorded->spikes[image - simulation_.recorded->first];
    listed_ = true;
    set_levels();
    return;
  }
  encoder_.encode(simulation_.data.image(image, simulation_.network.encoder.input).data(),
                  levels_.data());
  listed_ = simulation_.faults.any();
  if (!listed_) return;
  spikes_ = input_spikes(levels_, simulation_.deployment.input.levels, simulation_.faults, image);
  set_levels();
}

void HostInput::set_levels() {
  std::fill(levels_.begin(), levels_.end(), std::uint8_t{0});
  for (const InputSpike& spike : spikes_) ++levels_[spike.neuron];
}

const std::vector<InputSpike>& HostInput::spikes() {
  if (!listed_) spikes_ = all_spikes(levels_);
  listed_ = true;
  return spikes_;
}

void HostInput::set_bits(std::uint64_t* bits, std::size_t words) const {
  if (listed_) {
    for (const InputSpike& spike : spikes_) {
      bits[spike.level * words + spike.neuron / kWordBits] |= std::uint64_t{1}
                                                              << spike.neuron % kWordBits;
    }
    return;
  }
  const auto levels = static_cast<std::size_t>(simulation_.deployment.input.levels);
  for (std::size_t level = 0; level < levels; ++level) {
    reached_bits(levels_.data(), levels_.size(), static_cast<std::uint8_t>(level),
                 bits + level * words);
  }
}

}  // namespace spikeloom::sim
