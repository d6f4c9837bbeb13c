// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/network_table.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/arch/core_tables.h"
#include "spikeloom/base/text_table.h"

namespace spikeloom::cli {
namespace {

using converter::LayerKind;
using converter::Quantizer;
using converter::SpikingLayer;
using converter::SpikingNetwork;
using converter::Term;

/// Formats the values of the lowest and the highest level: "0..1".
std::string format_values(const Quantizer& quantizer) {
  return fmt::format("{:.4g}..{:.4g}", quantizer.offset,
                     quantizer.offset + quantizer.step * quantizer.levels);
}

bool is_constant(std::int32_t threshold) {
  return threshold == arch::kAlwaysFires || threshold == arch::kNeverFires;
}

/// Formats the thresholds that some potentials reach and others do not.
std::string format_thresholds(const SpikingLayer& layer) {
  if (pools(layer.kind)) return "1";
  std::vector<std::int32_t> finite;
  std::remove_copy_if(layer.thresholds.begin(), layer.thresholds.end(), std::back_inserter(finite),
                      is_constant);
  if (finite.empty()) return "constant";
  const auto [minimum, maximum] = std::minmax_element(finite.begin(), finite.end());
  return fmt::format("{}..{}", *minimum, *maximum);
}

std::vector<std::string> layer_row(const SpikingLayer& layer) {
  const bool pool = pools(layer.kind);
  std::int64_t weights = 0;
  std::int64_t zeros = 0;
  int fan_in = 0;
  for (const Term& term : layer.terms) {
    weights += static_cast<std::int64_t>(term.weights.size());
    zeros += std::count(term.weights.begin(), term.weights.end(), 0);
  }
  for (int c = 0; c < layer.output.channels; ++c) fan_in = std::max(fan_in, layer.fan_in(c));
  const double density =
      pool ? 0 : 100.0 - 100.0 * static_cast<double>(zeros) / static_cast<double>(weights);
  return {layer.name,
          kind_name(layer),
          converter::format_shape(layer.output),
          fmt::format("{}", layer.levels()),
          format_values(layer.quantizer),
          pool ? "-" : fmt::format("{:.1f}", density),
          fmt::format("{}", layer.output.size()),
          fmt::format("{}", std::int64_t{layer.output.size()} * layer.levels()),
          fmt::format("{}", fan_in),
          format_thresholds(layer)};
}

std::string layers(const SpikingNetwork& network) {
  const auto& encoder = network.encoder;
  const auto& readout = network.readout;
  base::TextTable table({"layer", "kind", "output", "n", "values", "dens%", "neurons", "spiking",
                         "fan-in", "thresholds"},
                        2);
  table.add({encoder.name, "host", converter::format_shape(encoder.output),
             fmt::format("{}", encoder.quantizer.levels), format_values(encoder.quantizer), "-",
             fmt::format("{}", encoder.output.size()),
             fmt::format("{}", std::int64_t{encoder.output.size()} * encoder.quantizer.levels),
             fmt::format("{}", encoder.input.channels / encoder.groups * encoder.window.taps()),
             "-"});
  for (const SpikingLayer& layer : network.layers) table.add(layer_row(layer));
  table.add({readout.name, "host", fmt::format("{}", readout.classes), "-", "-", "-",
             fmt::format("{}", readout.classes), "-", fmt::format("{}", readout.inputs), "-"});
  return table.text();
}

/// Counts the spiking neurons that fire in every tick or in none.
std::int64_t constant_neurons(const SpikingLayer& layer) {
  if (layer.rows.count * layer.columns.count == 1) {
    return std::count_if(layer.thresholds.begin(), layer.thresholds.end(), is_constant) *
           layer.output.height * layer.output.width;
  }
  std::int64_t constant = 0;
  for (int c = 0; c < layer.output.channels; ++c) {
    for (int y = 0; y < layer.output.height; ++y) {
      for (int x = 0; x < layer.output.width; ++x) {
        const std::int32_t* thresholds = layer.thresholds_of(c, y, x);
        constant += std::count_if(thresholds, thresholds + layer.levels(), is_constant);
      }
    }
  }
  return constant;
}

std::string totals(const SpikingNetwork& network) {
  std::int64_t neurons = 0;
  std::int64_t spiking = 0;
  std::int64_t weights = 0;
  std::int64_t constant = 0;
  for (const SpikingLayer& layer : network.layers) {
    neurons += layer.output.size();
    spiking += std::int64_t{layer.output.size()} * layer.levels();
    for (const Term& term : layer.terms) weights += static_cast<std::int64_t>(term.weights.size());
    constant += constant_neurons(layer);
  }
  return fmt::format(
      "\non chip: {} layers, {} neurons, {} spiking neurons ({} of them constant),\n"
      "         {} ternary weights\n",
      network.layers.size(), neurons, spiking, constant, weights);
}

}  // namespace

std::string kind_name(const SpikingLayer& layer) {
  if (pools(layer.kind)) return "maxpool";
  if (layer.terms.size() > 1) return "sum";
  const Term& term = layer.terms.front();
  const bool dense = term.window.kernel_height == term.input.height &&
                     term.window.kernel_width == term.input.width && layer.output.height == 1 &&
                     layer.output.width == 1 && term.groups == 1;
  return dense ? "dense" : "conv";
}

std::string network_table(const SpikingNetwork& network) {
  return fmt::format("{}: input {}, {} classes\n\n", network.name,
                     converter::format_shape(network.encoder.input), network.readout.classes) +
         layers(network) + totals(network);
}

}  // namespace spikeloom::cli
