// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "common/core_tables.h"
#include "common/envelope.h"
#include "converter/onnx_import.h"
#include "testbenches/spikeloom/command.h"

namespace spikeloom::program {
namespace {

using converter::LayerKind;
using converter::Quantizer;
using converter::Shape;
using converter::SpikingLayer;
using converter::SpikingNetwork;

constexpr std::size_t kWidth = 80;
constexpr std::size_t kColumns = 10;
using Row = std::array<std::string, kColumns>;

std::string format_shape(const Shape& shape) {
  return fmt::format("{}x{}x{}", shape.channels, shape.height, shape.width);
}

std::string format_bound(const Quantizer& quantizer) {
  return fmt::format("{}", static_cast<double>(quantizer.levels) / (1 << quantizer.k));
}

bool is_constant(std::int32_t threshold) {
  return threshold == common::kAlwaysFires || threshold == common::kNeverFires;
}

/// The thresholds that potentials can be on both sides of.
std::string format_thresholds(const SpikingLayer& layer) {
  if (layer.kind == LayerKind::kMaxPool) return "1";
  std::vector<std::int32_t> finite;
  std::remove_copy_if(layer.thresholds.begin(), layer.thresholds.end(), std::back_inserter(finite),
                      is_constant);
  if (finite.empty()) return "constant";
  const auto [least, most] = std::minmax_element(finite.begin(), finite.end());
  return fmt::format("{}..{}", *least, *most);
}

Row layer_row(const SpikingLayer& layer) {
  const bool pool = layer.kind == LayerKind::kMaxPool;
  const bool dense = layer.window.kernel_height == layer.input.height &&
                     layer.window.kernel_width == layer.input.width && layer.output.height == 1 &&
                     layer.output.width == 1 && layer.groups == 1;
  const auto zeros = std::count(layer.weights.begin(), layer.weights.end(), 0);
  const double density =
      pool ? 0
           : 100.0 - 100.0 * static_cast<double>(zeros) / static_cast<double>(layer.weights.size());
  return {layer.name,
          pool    ? "maxpool"
          : dense ? "dense"
                  : "conv",
          format_shape(layer.output),
          fmt::format("{}", layer.quantizer.k),
          format_bound(layer.quantizer),
          pool ? "-" : fmt::format("{:.1f}", density),
          fmt::format("{}", layer.output.size()),
          fmt::format("{}", std::int64_t{layer.output.size()} * layer.levels()),
          fmt::format("{}", layer.fan_in()),
          format_thresholds(layer)};
}

std::vector<Row> make_rows(const SpikingNetwork& network) {
  const auto& encoder = network.encoder;
  const auto& readout = network.readout;
  std::vector<Row> rows = {
      {"layer", "kind", "output", "k", "B", "dens%", "neurons", "spiking", "fan-in", "thresholds"}};
  rows.push_back(
      {encoder.name, "host", format_shape(encoder.output), fmt::format("{}", encoder.quantizer.k),
       format_bound(encoder.quantizer), "-", fmt::format("{}", encoder.output.size()),
       fmt::format("{}", std::int64_t{encoder.output.size()} * encoder.quantizer.levels),
       fmt::format("{}", encoder.input.channels / encoder.groups * encoder.window.taps()), "-"});
  for (const SpikingLayer& layer : network.layers) rows.push_back(layer_row(layer));
  rows.push_back({readout.name, "host", fmt::format("{}", readout.classes), "-", "-", "-",
                  fmt::format("{}", readout.classes), "-", fmt::format("{}", readout.inputs), "-"});
  return rows;
}

/// Prints columns as wide as they need; the names get what is left.
void print_table(const std::vector<Row>& rows) {
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t c = 0; c < kColumns; ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::size_t others = 0;
  for (std::size_t c = 1; c < kColumns; ++c) others += widths[c] + 1;
  constexpr std::size_t kLeastName = 5;
  widths[0] = std::min(widths[0], std::max(kWidth - std::min(others, kWidth), kLeastName));
  for (const Row& row : rows) {
    std::string line = row[0].size() > widths[0] ? row[0].substr(0, widths[0] - 2) + ".."
                                                 : fmt::format("{:<{}}", row[0], widths[0]);
    line += fmt::format(" {:<{}}", row[1], widths[1]);
    for (std::size_t c = 2; c < kColumns; ++c) line += fmt::format(" {:>{}}", row[c], widths[c]);
    std::cout << line << '\n';
  }
}

void print_totals(const SpikingNetwork& network) {
  std::int64_t neurons = 0;
  std::int64_t spiking = 0;
  std::int64_t weights = 0;
  std::int64_t constant = 0;
  for (const SpikingLayer& layer : network.layers) {
    neurons += layer.output.size();
    spiking += std::int64_t{layer.output.size()} * layer.levels();
    weights += static_cast<std::int64_t>(layer.weights.size());
    constant += std::count_if(layer.thresholds.begin(), layer.thresholds.end(), is_constant) *
                layer.output.height * layer.output.width;
  }
  std::cout << fmt::format(
      "\non chip: {} layers, {} neurons, {} spiking neurons ({} of them constant),\n"
      "         {} ternary weights\n",
      network.layers.size(), neurons, spiking, constant, weights);
}

int run_convert(const Command& command, const std::vector<std::string>& arguments) {
  namespace options = boost::program_options;
  options::options_description description("options");
  description.add_options()("output,o", options::value<std::string>()->value_name("FILE"),
                            "write the spiking network, for `spikeloom map`");
  options::positional_options_description positional;
  positional.add("model", 1);
  const auto values = parse_arguments(command, description, positional, arguments);
  if (values.count("help") != 0) return 0;
  const SpikingNetwork network = converter::convert_onnx(values["model"].as<std::string>());
  if (values.count("output") != 0) {
    common::write_file(values["output"].as<std::string>(), network.encode());
  }
  std::cout << fmt::format("{}: input {}, {} classes\n\n", network.name,
                           format_shape(network.encoder.input), network.readout.classes);
  print_table(make_rows(network));
  print_totals(network);
  return 0;
}

}  // namespace

const Command kConvertCommand = {
    "convert",
    "Convert a quantized ONNX network to a spiking network, spike for spike",
    "spikeloom convert MODEL.onnx [-o FILE]",
    "spikeloom convert configs/networks/lenet-fashion-k1b2.onnx -o lenet.snn",
    &run_convert,
};

}  // namespace spikeloom::program
