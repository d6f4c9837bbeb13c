// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/input_faults.h"

#include <cmath>
#include <initializer_list>
#include <random>

namespace spikeloom::sim {
namespace {

/// A draw that happens with a probability, on the engine's 64 bits: standard distributions differ
/// between libraries.
class Chance {
 public:
  explicit Chance(double probability)
      : always_(probability >= 1.0),
        below_(always_ ? 0 : static_cast<std::uint64_t>(std::ldexp(probability, 64))) {}
  bool happens(std::uint64_t draw) const { return always_ || draw < below_; }

 private:
  bool always_;
  std::uint64_t below_;
};

/// Each kind of draw has its engine, so that none moves another's.
std::mt19937_64 engine(const InputFaults& faults, std::size_t image,
                       std::initializer_list<std::uint64_t> kind) {
  std::vector<std::uint64_t> words{faults.seed & UINT32_MAX, faults.seed >> 32,
                                   std::uint64_t{image}};
  words.insert(words.end(), kind);
  std::seed_seq seed(words.begin(), words.end());
  return std::mt19937_64(seed);
}

/// The spikes of a thermometer code.
std::vector<InputSpike> all_spikes(const std::vector<std::uint8_t>& levels) {
  std::vector<InputSpike> spikes;
  for (std::size_t j = 0; j < levels.size(); ++j) {
    for (int level = 0; level < levels[j]; ++level) {
      spikes.push_back({static_cast<std::uint32_t>(j), static_cast<std::uint8_t>(level)});
    }
  }
  return spikes;
}

}  // namespace

std::vector<InputSpike> input_spikes(const std::vector<std::uint8_t>& levels, int count,
                                     const InputFaults& faults, std::size_t image) {
  if (!faults.any()) return all_spikes(levels);
  std::mt19937_64 random = engine(faults, image, {});
  std::mt19937_64 of_neurons = engine(faults, image, {1});
  const Chance lost(faults.drop);
  const Chance made(faults.insert);
  const Chance silent(faults.neuron_drop);
  std::vector<InputSpike> spikes;
  for (std::size_t j = 0; j < levels.size(); ++j) {
    const bool heard = !silent.happens(of_neurons());
    for (int level = 0; level < count; ++level) {
      // One draw a level, fired or not: a spike's fate hangs on no other.
      const std::uint64_t draw = random();
      const bool fires = level < levels[j] ? !lost.happens(draw) : made.happens(draw);
      if (!fires || !heard) continue;
      spikes.push_back({static_cast<std::uint32_t>(j), static_cast<std::uint8_t>(level)});
    }
  }
  return spikes;
}

}  // namespace spikeloom::sim
