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
  kGrid,            ///< every combination; the last axis varies fastest
  kRandom,          ///< independent and uniform on each axis
  kLatinHypercube,  ///< each axis divided into as many parts as points, one point per part
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
  std::size_t count = 0;  ///< number of points; for a grid the product of the axes' sizes
  std::uint64_t seed = 1;
};

/// Returns "grid", or for example "random, 40 points, seed 1".
std::string to_text(const Sampling& sampling);

/// The texts of all keys of all axes, in order, at one point.
using Sample = std::vector<std::string>;

/// Returns the distinct points of a sweep: fewer than `count` if axes with few values yield
/// duplicates.
std::vector<Sample> draw(const std::vector<Axis>& axes, const Sampling& sampling);

/// Upper bound of the number of points that draw() returns.
double max_points(const std::vector<Axis>& axes, const Sampling& sampling);

}  // namespace spikeloom::explore
