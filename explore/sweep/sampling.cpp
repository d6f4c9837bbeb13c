// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/sampling.h"

#include <numeric>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/mapper/place/random_source.h"

namespace spikeloom::explore {
namespace {

void append(Sample& sample, const std::vector<std::string>& texts) {
  sample.insert(sample.end(), texts.begin(), texts.end());
}

std::vector<Sample> grid(const std::vector<Axis>& axes) {
  std::vector<Sample> samples(1);
  for (const Axis& axis : axes) {
    std::vector<Sample> longer;
    for (const Sample& sample : samples) {
      for (std::size_t i = 0; i < axis.size(); ++i) {
        longer.push_back(sample);
        append(longer.back(), axis.value(i));
      }
    }
    samples = std::move(longer);
  }
  return samples;
}

std::vector<Sample> random(const std::vector<Axis>& axes, const Sampling& sampling) {
  mapper::RandomSource source(sampling.seed);
  std::vector<Sample> samples(sampling.count);
  for (Sample& sample : samples) {
    for (const Axis& axis : axes) append(sample, axis.at(source.unit()));
  }
  return samples;
}

std::vector<Sample> latin_hypercube(const std::vector<Axis>& axes, const Sampling& sampling) {
  mapper::RandomSource source(sampling.seed);
  std::vector<Sample> samples(sampling.count);
  const auto parts = static_cast<double>(sampling.count);
  std::vector<std::size_t> part(sampling.count);
  for (const Axis& axis : axes) {
    std::iota(part.begin(), part.end(), std::size_t{0});
    for (std::size_t i = part.size(); i > 1; --i) {
      std::swap(part[i - 1], part[static_cast<std::size_t>(source.below(static_cast<int>(i)))]);
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
      append(samples[i], axis.at((static_cast<double>(part[i]) + source.unit()) / parts));
    }
  }
  return samples;
}

std::vector<Sample> each_once(std::vector<Sample> samples) {
  std::set<Sample> seen;
  std::vector<Sample> result;
  for (Sample& sample : samples) {
    if (seen.insert(sample).second) result.push_back(std::move(sample));
  }
  return result;
}

}  // namespace

std::vector<Sample> draw(const std::vector<Axis>& axes, const Sampling& sampling) {
  switch (sampling.method) {
    case SamplingMethod::kGrid:
      return grid(axes);
    case SamplingMethod::kRandom:
      return each_once(random(axes, sampling));
    case SamplingMethod::kLatinHypercube:
      return each_once(latin_hypercube(axes, sampling));
  }
  return {};
}

double max_points(const std::vector<Axis>& axes, const Sampling& sampling) {
  if (sampling.method != SamplingMethod::kGrid) return static_cast<double>(sampling.count);
  return std::accumulate(axes.begin(), axes.end(), 1.0, [](double count, const Axis& axis) {
    return count * static_cast<double>(axis.size());
  });
}

std::string to_text(const Sampling& sampling) {
  const std::string_view method = name(sampling.method);
  return sampling.method == SamplingMethod::kGrid
             ? std::string(method)
             : fmt::format("{}, {} points, seed {}", method, sampling.count, sampling.seed);
}

}  // namespace spikeloom::explore
