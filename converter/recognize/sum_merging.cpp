// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/sum_merging.h"

#include <iterator>

#include <fmt/format.h>

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

void multiply(QuantizedLayer& side, std::size_t channel, const Rational& factor) {
  side.offset[channel] = side.offset[channel] * factor;
  for (QuantizedTerm& term : side.terms) {
    const auto first = at(term.first_output);
    if (channel >= first && channel < first + at(term.outputs)) {
      term.multiply(channel - first, factor);
    }
  }
}

/// Folds bias and steps of `side` into its offset and the factors of its terms.
void fold(const OnnxNode& node, QuantizedLayer& side) {
  const auto channels = at(side.output.channels);
  if (side.offset.empty()) side.offset.assign(channels, Rational());
  for (std::size_t c = 0; c < channels; ++c) {
    side.offset[c] = side.offset[c] + Rational::from_double(side.bias[c]);
    for (const ChannelStep& step : side.steps) {
      const Rational value = Rational::from_double(step.values[c]);
      switch (step.kind) {
        case Kind::kNormalize:
          node.refuse(fmt::format("{} is on one side of it alone", step.label),
                      "an addition of integer sums, with the normalization after it");
        case Kind::kAdd:
          side.offset[c] = side.offset[c] + value;
          break;
        case Kind::kMultiply:
          multiply(side, c, value);
          break;
        case Kind::kDivide:
          multiply(side, c, Rational(1) / value);
          break;
      }
    }
  }
  side.bias.assign(channels, 0.0F);
  side.steps.clear();
}

std::string format_shape(const QuantizedLayer& side) {
  const Shape& s = side.output;
  return side.flat ? fmt::format("{}", s.channels)
                   : fmt::format("{}x{}x{}", s.channels, s.height, s.width);
}

}  // namespace

QuantizedLayer merge_sums(const OnnxNode& node, std::vector<QuantizedLayer> sides) {
  for (QuantizedLayer& side : sides) {
    if (!(side.output == sides.front().output) || side.flat != sides.front().flat) {
      node.refuse(fmt::format("its inputs are of the shapes {} and {}", format_shape(sides.front()),
                              format_shape(side)),
                  "equal shapes");
    }
    fold(node, side);
  }
  QuantizedLayer sum = std::move(sides.front());
  sum.name = node.name();
  sum.label = node.label();
  for (std::size_t i = 1; i < sides.size(); ++i) {
    QuantizedLayer& side = sides[i];
    for (std::size_t c = 0; c < side.offset.size(); ++c) {
      if (node.op() == "Sub") multiply(side, c, Rational(-1));
      sum.offset[c] = sum.offset[c] + side.offset[c];
    }
    std::move(side.terms.begin(), side.terms.end(), std::back_inserter(sum.terms));
  }
  return sum;
}

}  // namespace spikeloom::converter
