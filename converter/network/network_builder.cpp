// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/network_builder.h"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/depth_alignment.h"
#include "spikeloom/converter/network/host_layer_builder.h"
#include "spikeloom/converter/network/refusal.h"
#include "spikeloom/converter/network/sum_builder.h"

namespace spikeloom::converter {
namespace {

SpikingLayer build_pool(const QuantizedLayer& layer, const Quantizer& before) {
  const QuantizedTerm& from = layer.terms.front();
  SpikingLayer result;
  result.name = layer.name;
  result.kind = LayerKind::kMaxPool;
  result.output = layer.output;
  result.quantizer = before;
  Term& term = result.terms.emplace_back();
  term.source = from.source;
  term.input = from.input;
  term.input_levels = before.levels;
  term.window = from.window;
  term.groups = from.groups;
  term.outputs = from.outputs;
  return result;
}

/// Returns the network's number of a layer of the graph, whose layer 0 is the encoder.
int source_of(int graph_layer) { return graph_layer - 1; }

/// The readout reads the last on-chip layer only: concatenates its sources if there are several.
void join_readout(const QuantizedLayer& last, const std::string& file, SpikingNetwork& network) {
  std::vector<int> sources;
  for (const QuantizedTerm& term : last.terms) sources.push_back(source_of(term.source));
  if (sources.size() == 1 && sources.front() != kEncoder) return;
  try {
    network.layers.push_back(concatenation(network, sources, last.name + ".concat"));
  } catch (const std::invalid_argument& error) {
    refuse(file, last.label, fmt::format("the activations that it takes {}", error.what()),
           "a last layer over equal planes, or over the vector of one dense layer");
  }
}

}  // namespace

SpikingNetwork build_network(const QuantizedGraph& graph, const std::string& name) {
  const std::vector<QuantizedLayer>& layers = graph.layers;
  if (layers.size() < 3) {
    throw base::UserError(fmt::format(
        "{}: {} layers; accepted: a first layer, computed by the host; layers with ternary "
        "weights; a last dense layer without a quantizer, computed by the host",
        graph.source, layers.size()));
  }
  SpikingNetwork network;
  network.name = name;
  network.encoder = build_encoder(layers.front(), graph.source);
  std::vector<Quantizer> quantizers;
  for (const QuantizedLayer& layer : layers) quantizers.push_back(layer.quantizer);
  for (std::size_t i = 1; i < layers.size(); ++i) {
    for (const QuantizedTerm& term : layers[i].terms) {
      if (term.source != kImage) continue;
      refuse(graph.source, term.label, "it takes the image beside " + layers.front().label,
             "one first layer, which the host computes");
    }
  }
  for (std::size_t i = 1; i + 1 < layers.size(); ++i) {
    switch (layers[i].kind) {
      case QuantizedLayer::Kind::kSum:
        network.layers.push_back(build_sum(layers[i], quantizers, graph.source));
        break;
      case QuantizedLayer::Kind::kMaxPool: {
        const auto source = static_cast<std::size_t>(layers[i].terms.front().source);
        network.layers.push_back(build_pool(layers[i], quantizers[source]));
        break;
      }
    }
    for (Term& term : network.layers.back().terms) term.source = source_of(term.source);
  }
  network.readout = build_readout(layers.back(), graph.source);
  join_readout(layers.back(), graph.source, network);
  align_depths(network);
  return network;
}

}  // namespace spikeloom::converter
