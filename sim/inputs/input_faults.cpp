// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/input_faults.h"

#include <initializer_list>
#include <random>

#include "spikeloom/hw/faults/chance.h"

namespace spikeloom::sim {
namespace {

using hw::Chance;

/// Each kind of draw has its own engine, so the sequences are independent.
std::mt19937_64 engine(const InputFaults& faults, std::size_t image,
                       std::initializer_list<std::uint64_t> kind) {
  std::vector<std::uint64_t> words{faults.seed & UINT32_MAX, faults.seed >> 32,
                                   std::uint64_t{image}};
  words.insert(words.end(), kind);
  std::seed_seq seed(words.begin(), words.end());
  return std::mt19937_64(seed);
}

}  // namespace

std::vector<InputSpike> all_spikes(const std::vector<std::uint8_t>& levels) {
  std::vector<InputSpike> spikes;
  for (std::size_t j = 0; j < levels.size(); ++j) {
    for (int level = 0; level < levels[j]; ++level) {
      spikes.push_back({static_cast<std::uint32_t>(j), static_cast<std::uint8_t>(level)});
    }
  }
  return spikes;
}

std::vector<InputSpike> input_spikes(const std::vector<std::uint8_t>& levels, int count,
                                     const InputFaults& faults, std::size_t image) {
  if (!faults.any()) return all_spikes(levels);
  std::mt19937_64 random = engine(faults, image, {});
  std::mt19937_64 neuron_random = engine(faults, image, {1});
  const Chance dropped(faults.drop);
  const Chance inserted(faults.insert);
  const Chance silenced(faults.neuron_drop);
  std::vector<InputSpike> spikes;
  for (std::size_t j = 0; j < levels.size(); ++j) {
    const bool active = !silenced.happens(neuron_random());
    for (int level = 0; level < count; ++level) {
      // One draw for each level, whether it fires or not, so that faults of one spike do not affect
      // others.
      const std::uint64_t draw = random();
      const bool fires = level < levels[j] ? !dropped.happens(draw) : inserted.happens(draw);
      if (!fires || !active) continue;
      spikes.push_back({static_cast<std::uint32_t>(j), static_cast<std::uint8_t>(level)});
    }
  }
  return spikes;
}

}  // namespace spikeloom::sim
