// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/depth_alignment.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/index.h"

namespace spikeloom::converter {
namespace {

using base::at;

/// Returns a term that passes on each channel of `source` by itself, with weights 1.
Term identity_term(const SpikingNetwork& network, int source, int first_output) {
  Term term;
  term.source = source;
  term.input = network.shape_of(source);
  term.input_levels = network.quantizer_of(source).levels;
  term.groups = term.outputs = term.input.channels;
  term.first_output = first_output;
  term.weights.assign(at(term.outputs), 1);
  return term;
}

/// Sets the thresholds 1..n in each channel, so that the level equals the potential.
void set_identity_thresholds(SpikingLayer& layer) {
  for (int c = 0; c < layer.output.channels; ++c) {
    for (int i = 1; i <= layer.levels(); ++i) layer.thresholds.push_back(i);
  }
}

/// Returns the largest number of which both are integer multiples; if one is 0, the other one.
Rational common_step(const Rational& a, const Rational& b) {
  if (a.sign() == 0) return b;
  if (b.sign() == 0) return a;
  return {gcd(Integer(a.numerator() * b.denominator()), Integer(b.numerator() * a.denominator())),
          Integer(a.denominator() * b.denominator())};
}

/// Returns values of which those of all sources are some: from the smallest of them on, in steps of
/// which their steps and distances are multiples.
Decoding common_decoding(const SpikingNetwork& network, const std::vector<DecodedSource>& sources) {
  Decoding common{0, sources.front().decoding.offset};
  for (const DecodedSource& source : sources) {
    const Decoding& decoding = source.decoding;
    common.step = common_step(common.step, decoding.step);
    common.step = common_step(common.step, decoding.offset - sources.front().decoding.offset);
    const Rational last =
        decoding.offset + decoding.step * Rational(network.quantizer_of(source.layer).levels);
    for (const Rational& value : {decoding.offset, last}) {
      if (value < common.offset) common.offset = value;
    }
  }
  if (common.step.sign() < 0) common.step = -common.step;
  return common;
}

class Aligner {
 public:
  explicit Aligner(SpikingNetwork& network) : network_(network) {}

  void run() {
    const int layers = static_cast<int>(network_.layers.size());
    for (int l = 0; l < layers; ++l) {
      int source_depth = 0;
      for (const Term& term : network_.layers[at(l)].terms) {
        source_depth = std::max(source_depth, depth(term.source));
      }
      depths_.push_back(source_depth + 1);
    }
    for (int l = 0; l < layers; ++l) {
      // Relays are appended to the layers, which invalidates references to a layer.
      for (std::size_t t = 0; t < network_.layers[at(l)].terms.size(); ++t) {
        const int source = relayed(network_.layers[at(l)].terms[t].source, depths_[at(l)] - 1);
        network_.layers[at(l)].terms[t].source = source;
      }
    }
    sort();
  }

 private:
  int depth(int source) const { return source == kEncoder ? 0 : depths_[at(source)]; }

  /// Returns `source`, or its relay at the depth `wanted`, which is added if necessary.
  int relayed(int source, int wanted) {
    std::vector<int>& relays = relays_[source];
    const auto count = at(wanted - depth(source));
    while (relays.size() < count) {
      const int from = relays.empty() ? source : relays.back();
      const std::string& name =
          source == kEncoder ? network_.encoder.name : network_.layers[at(source)].name;
      SpikingLayer relay;
      relay.name = fmt::format("{}.relay{}", name, relays.size() + 1);
      relay.output = network_.shape_of(source);
      relay.quantizer = network_.quantizer_of(source);
      relay.terms = {identity_term(network_, from, 0)};
      set_identity_thresholds(relay);
      relays.push_back(static_cast<int>(network_.layers.size()));
      depths_.push_back(depth(from) + 1);
      network_.layers.push_back(std::move(relay));
    }
    return count == 0 ? source : relays[count - 1];
  }

  void sort() {
    std::vector<int> order(network_.layers.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [this](int a, int b) { return depths_[at(a)] < depths_[at(b)]; });
    std::vector<int> number(order.size());
    std::vector<SpikingLayer> layers;
    for (const int from : order) {
      number[at(from)] = static_cast<int>(layers.size());
      layers.push_back(std::move(network_.layers[at(from)]));
      for (Term& term : layers.back().terms) {
        if (term.source != kEncoder) term.source = number[at(term.source)];
      }
    }
    network_.layers = std::move(layers);
  }

  SpikingNetwork& network_;
  std::vector<int> depths_;                 ///< by layer
  std::map<int, std::vector<int>> relays_;  ///< [source]: its relays, each one tick deeper
};

}  // namespace

void align_depths(SpikingNetwork& network) { Aligner(network).run(); }

SpikingLayer concatenation(const SpikingNetwork& network, const std::vector<DecodedSource>& sources,
                           const std::string& name, Decoding& decoding) {
  SpikingLayer layer;
  layer.name = name;
  layer.output = network.shape_of(sources.front().layer);
  layer.output.channels = 0;
  decoding = common_decoding(network, sources);
  int levels = 0;
  std::vector<int> first_levels;  // [source]: level of the layer for level 0 of the source
  for (const DecodedSource& source : sources) {
    const Shape& shape = network.shape_of(source.layer);
    if (shape.height != layer.output.height || shape.width != layer.output.width) {
      throw std::invalid_argument("are of different height or width");
    }
    const Rational ratio = source.decoding.step / decoding.step;
    const Rational first = (source.decoding.offset - decoding.offset) / decoding.step;
    const Rational last = first + ratio * Rational(network.quantizer_of(source.layer).levels);
    const Rational top = first < last ? last : first;
    if (Rational(Quantizer::kMaxLevels) < top) {
      throw std::invalid_argument(
          fmt::format("have more than {} levels of the smallest step", Quantizer::kMaxLevels));
    }
    levels = std::max(levels, top.numerator().convert_to<int>());
    first_levels.push_back(first.numerator().convert_to<int>());
    Term term = identity_term(network, source.layer, layer.output.channels);
    if (ratio.sign() < 0) term.weights.assign(term.weights.size(), -1);
    term.repeat = abs(ratio.numerator()).convert_to<int>();
    layer.output.channels += term.outputs;
    layer.terms.push_back(std::move(term));
  }
  layer.quantizer = {levels, decoding.step.to_double(), decoding.offset.to_double(),
                     Rounding::kHalfUp};
  for (std::size_t t = 0; t < layer.terms.size(); ++t) {
    for (int c = 0; c < layer.terms[t].outputs; ++c) {
      for (int i = 1; i <= levels; ++i) layer.thresholds.push_back(i - first_levels[t]);
    }
  }
  return layer;
}

}  // namespace spikeloom::converter
