// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/explore/sweep/axis.h"

namespace spikeloom::explore {

enum class SamplingMethod {
  kGrid,            ///< every combination, the last axis stepping first
  kRandom,          ///< independent and uniform on each axis
  kLatinHypercube,  ///< each axis in as many parts as points, one point in each part
};

constexpr std::string_view name(SamplingMethod value) {
  switch (value) {
    case SamplingMethod::kGrid:
      return "grid";
    case SamplingMethod::kRandom:
      return "random";
    case SamplingMethod::kLatinHypercube:
      return "latin_hypercube";
  }
  return {};
}

struct Sampling {
  SamplingMethod method = SamplingMethod::kGrid;
  std::size_t count = 0;  ///< points; of a grid as many as it has
  std::uint64_t seed = 1;
};

/// "grid", or "random, 40 points, seed 1".
std::string to_text(const Sampling& sampling);

/// The texts of all keys of all axes, in their order, at one point.
using Sample = std::vector<std::string>;

/// The points of a sweep, each once: fewer than `count` where axes of few values make equal ones.
std::vector<Sample> draw(const std::vector<Axis>& axes, const Sampling& sampling);

/// How many draw() has at most.
double max_points(const std::vector<Axis>& axes, const Sampling& sampling);

}  // namespace spikeloom::explore
