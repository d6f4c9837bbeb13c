// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/network_builder.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/index.h"
#include "spikeloom/converter/network/depth_alignment.h"
#include "spikeloom/converter/network/host_layer_builder.h"
#include "spikeloom/converter/network/refusal.h"
#include "spikeloom/converter/network/sum_builder.h"
#include "spikeloom/converter/network/weight_grid.h"

namespace spikeloom::converter {
namespace {

using base::at;

class Builder {
 public:
  Builder(const QuantizedGraph& graph, FirstLayer first_layer)
      : graph_(graph), first_layer_(first_layer) {}

  Conversion build(const std::string& name) {
    if (graph_.layers.empty()) {
      throw base::UserError(fmt::format(
          "{}: no layer has a quantizer; accepted: a quantizer after every layer but the last",
          graph_.source));
    }
    network().name = name;
    build_first_layers();
    for (std::size_t l = first_on_chip_; l < graph_.layers.size(); ++l) add_layer(l);
    join_readout();
    align_depths(network());
    return std::move(result_);
  }

 private:
  SpikingNetwork& network() { return result_.network; }

  void build_first_layers() {
    const std::vector<QuantizedLayer>& layers = graph_.layers;
    for (std::size_t l = 1; l < layers.size(); ++l) {
      for (const QuantizedTerm& term : layers[l].terms) refuse_image(term);
    }
    for (const QuantizedTerm& term : graph_.output.sum.terms) refuse_image(term);
    network().encoder = build_encoder(layers.front(), graph_.source);
    quantizers_.push_back(network().encoder.quantizer);
    if (!layers.front().quantizes_image()) {
      if (first_layer_ == FirstLayer::kChip) {
        refuse(graph_.source, layers.front().label,
               "it takes the image without a quantizer, so that only the host can compute it",
               "first layer auto or host, or a quantizer of the image");
      }
      note("{} takes the real-valued image: the host computes it", layers.front().label);
      return;
    }
    const bool host_can = can_be_on_host();
    if (first_layer_ == FirstLayer::kHost && !host_can) {
      refuse(graph_.source, layers.front().label,
             "its quantized image goes to more than one convolution or dense layer, so that the "
             "host cannot compute the first",
             "first layer auto or chip");
    }
    if (!host_can || first_layer_ == FirstLayer::kChip ||
        (first_layer_ == FirstLayer::kAuto && fits_chip(layers[1]))) {
      note(
          "{} quantizes the image to {} levels: the host encodes it, and the first layer is on the "
          "chip",
          layers.front().label, quantizers_.front().levels);
      return;
    }
    note("{} quantizes the image to {} levels: the host encodes it and computes {}",
         layers.front().label, quantizers_.front().levels, layers[1].label);
    network().encoder = build_encoder(layers[1], graph_.source);
    quantize_pixels(layers.front(), network().encoder);
    quantizers_.push_back(network().encoder.quantizer);
    first_on_chip_ = 2;
  }

  void refuse_image(const QuantizedTerm& term) const {
    if (term.source != kImage) return;
    if (term.label == graph_.layers.front().terms.front().label) {
      refuse(graph_.source, term.label,
             "several quantizers follow it, and it takes the image, so that the host computes it",
             "one quantizer, whose levels the others read");
    }
    refuse(graph_.source, term.label, "it takes the image beside " + graph_.layers.front().label,
           "one first layer, which the host computes");
  }

  /// Whether layer 1 is one convolution of the quantized image, which nothing else reads.
  bool can_be_on_host() const {
    const std::vector<QuantizedLayer>& layers = graph_.layers;
    if (layers.size() < 2 || layers[1].terms.size() != 1 || !layers[1].quantizer ||
        layers[1].terms.front().source != 0) {
      return false;
    }
    const auto reads = [](const QuantizedLayer& layer) {
      return std::any_of(layer.terms.begin(), layer.terms.end(),
                         [](const QuantizedTerm& term) { return term.source == 0; });
    };
    return std::none_of(layers.begin() + 2, layers.end(), reads) && !reads(graph_.output.sum);
  }

  static bool fits_chip(const QuantizedLayer& layer) {
    WeightConflict conflict{};
    const QuantizedTerm& term = layer.terms.front();
    return find_grid(*term.weights, at(term.outputs), conflict).has_value();
  }

  void add_layer(std::size_t number) {
    const QuantizedLayer& layer = graph_.layers[number];
    switch (layer.kind) {
      case QuantizedLayer::Kind::kSum:
        network().layers.push_back(build_sum(layer, quantizers_, graph_.source));
        break;
      case QuantizedLayer::Kind::kMaxPool:
        network().layers.push_back(build_pool(layer));
        break;
    }
    quantizers_.push_back(network().layers.back().quantizer);
    for (Term& term : network().layers.back().terms) term.source = source_of(term.source);
  }

  SpikingLayer build_pool(const QuantizedLayer& layer) const {
    const QuantizedTerm& from = layer.terms.front();
    SpikingLayer result;
    result.name = layer.name;
    result.kind = LayerKind::kMaxPool;
    result.output = layer.output;
    result.quantizer = quantizers_[at(from.source)];
    Term& term = result.terms.emplace_back();
    term.source = from.source;
    term.input = from.input;
    term.input_levels = result.quantizer.levels;
    term.window = from.window;
    term.groups = from.groups;
    term.outputs = from.outputs;
    return result;
  }

  /// Returns the network's number of a layer of the graph.
  int source_of(int graph_layer) const {
    return std::max(kEncoder, graph_layer - static_cast<int>(first_on_chip_));
  }

  /// The readout reads the last on-chip layer only: concatenates its sources if there are several.
  void join_readout() {
    const GraphOutput& output = graph_.output;
    std::vector<DecodedSource> sources = readout_sources(output, graph_.source);
    for (DecodedSource& source : sources) source.layer = source_of(source.layer);
    Decoding decoding = sources.front().decoding;
    if (sources.size() != 1 || sources.front().layer == kEncoder) {
      try {
        network().layers.push_back(
            concatenation(network(), sources, output.sum.name + ".concat", decoding));
      } catch (const std::invalid_argument& error) {
        refuse(graph_.source, output.sum.label,
               fmt::format("the activations that it takes {}", error.what()),
               "a last layer over equal planes, or over the vector of one dense layer");
      }
    }
    const int last = sources.size() == 1 ? sources.front().layer : kEncoder;
    network().readout = build_readout(
        output, decoding,
        last == kEncoder ? network().layers.back().quantizer : network().layers[at(last)].quantizer,
        graph_.source);
    for (const std::string& label : output.left_out) {
      note("{} keeps the order of the class scores and is left to the host", label);
    }
  }

  template <typename... Arguments>
  void note(const char* format, const Arguments&... arguments) {
    result_.notes.push_back(fmt::format(fmt::runtime(format), arguments...));
  }

  const QuantizedGraph& graph_;
  FirstLayer first_layer_;
  std::vector<Quantizer> quantizers_;  ///< of the graph's layers
  std::size_t first_on_chip_ = 1;      ///< first of the graph's layers that is on the chip
  Conversion result_;
};

}  // namespace

Conversion build_network(const QuantizedGraph& graph, const std::string& name,
                         FirstLayer first_layer) {
  return Builder(graph, first_layer).build(name);
}

}  // namespace spikeloom::converter
