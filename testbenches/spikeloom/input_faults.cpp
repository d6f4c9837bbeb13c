// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/input_faults.h"

#include <cmath>
#include <random>

namespace spikeloom::program {
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

}  // namespace

std::vector<std::uint64_t> input_packets(const common::InputRoutes& routes,
                                         const InputFaults& faults, std::size_t image,
                                         std::vector<std::uint8_t>& levels) {
  if (!faults.any()) return routes.spikes(levels);
  std::seed_seq seed{faults.seed & UINT32_MAX, faults.seed >> 32, std::uint64_t{image}};
  std::mt19937_64 random(seed);
  const Chance lost(faults.drop);
  const Chance made(faults.insert);
  std::vector<std::uint64_t> packets;
  for (std::size_t j = 0; j < levels.size(); ++j) {
    std::uint8_t left = 0;
    for (int level = 0; level < routes.levels; ++level) {
      // One draw a level, fired or not: a spike's fate hangs on no other.
      const std::uint64_t draw = random();
      const bool fires = level < levels[j] ? !lost.happens(draw) : made.happens(draw);
      if (!fires) continue;
      routes.append(j, level, packets);
      ++left;
    }
    levels[j] = left;
  }
  return packets;
}

}  // namespace spikeloom::program
