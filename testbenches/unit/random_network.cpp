// SPDX-License-Identifier: Apache-2.0
#include "testbenches/unit/random_network.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/core_tables.h"

namespace spikeloom::testing {

using converter::Shape;
using converter::SpikingLayer;
using converter::Term;
using converter::Window;

namespace {

int extent(int size, int kernel, int stride, int pad, int dilation) {
  return (size + pad - dilation * (kernel - 1) - 1) / stride + 1;
}

/// A window that fits `input`.
Window random_window(Random& random, const Shape& input) {
  Window window;
  window.kernel_height = random.between(1, std::min(3, input.height));
  window.kernel_width = random.between(1, std::min(3, input.width));
  window.stride_y = random.between(1, 2);
  window.stride_x = random.between(1, 2);
  window.pad_top = random.between(0, window.kernel_height - 1);
  window.pad_bottom = random.between(0, window.kernel_height - 1);
  window.pad_left = random.between(0, window.kernel_width - 1);
  window.pad_right = random.between(0, window.kernel_width - 1);
  if (random.chance(20) && 2 * (window.kernel_height - 1) < input.height) window.dilation_y = 2;
  if (random.chance(20) && 2 * (window.kernel_width - 1) < input.width) window.dilation_x = 2;
  return window;
}

Shape output_shape(const Shape& input, const Window& window, int channels) {
  return {channels,
          extent(input.height, window.kernel_height, window.stride_y,
                 window.pad_top + window.pad_bottom, window.dilation_y),
          extent(input.width, window.kernel_width, window.stride_x,
                 window.pad_left + window.pad_right, window.dilation_x)};
}

SpikingLayer random_convolution(Random& random, const Shape& input, int input_levels) {
  SpikingLayer layer;
  Term& term = layer.terms.emplace_back();
  term.input = input;
  term.input_levels = input_levels;
  layer.quantizer.levels = random.between(1, 4);
  if (random.chance(25)) {
    term.window.kernel_height = input.height;
    term.window.kernel_width = input.width;
    layer.output = {random.between(1, 12), 1, 1};
  } else {
    term.window = random_window(random, input);
    term.groups = random.chance(30) ? input.channels : 1;
    layer.output = output_shape(input, term.window, term.groups * random.between(1, 4));
  }
  term.outputs = layer.output.channels;
  for (int i = 0; i < term.fan_in() * term.outputs; ++i) {
    term.weights.push_back(static_cast<std::int8_t>(random.between(-1, 1)));
  }
  for (int c = 0; c < layer.output.channels; ++c) {
    const int constant = random.between(1, 20);
    int threshold = random.between(-3, 2);
    for (int i = 0; i < layer.quantizer.levels; ++i) {
      layer.thresholds.push_back(constant == 1   ? common::kAlwaysFires
                                 : constant == 2 ? common::kNeverFires
                                                 : threshold);
      threshold += random.between(0, 3);
    }
  }
  return layer;
}

SpikingLayer random_max_pool(Random& random, const Shape& input, int input_levels) {
  SpikingLayer layer;
  layer.kind = converter::LayerKind::kMaxPool;
  Term& term = layer.terms.emplace_back();
  term.input = input;
  term.input_levels = input_levels;
  layer.quantizer.levels = input_levels;
  term.groups = input.channels;
  term.outputs = input.channels;
  term.window = random_window(random, input);
  layer.output = output_shape(input, term.window, input.channels);
  return layer;
}

}  // namespace

converter::SpikingNetwork random_network(Random& random) {
  converter::SpikingNetwork network;
  network.name = "random";
  converter::HostEncoder& encoder = network.encoder;
  encoder.name = "encoder";
  encoder.input = {1, random.between(3, 8), random.between(3, 8)};
  encoder.output = {random.between(1, 4), encoder.input.height, encoder.input.width};
  encoder.quantizer.levels = random.between(1, 4);
  for (int c = 0; c < encoder.output.channels; ++c) {
    encoder.weights.push_back(static_cast<float>(random.between(-8, 16)) / 4.0F);
    encoder.bias.push_back(static_cast<float>(random.between(-4, 4)) / 8.0F);
  }
  Shape shape = encoder.output;
  int levels = encoder.quantizer.levels;
  const int layers = random.between(1, 4);
  for (int i = 0; i < layers; ++i) {
    SpikingLayer layer = random.chance(25) ? random_max_pool(random, shape, levels)
                                           : random_convolution(random, shape, levels);
    layer.terms.front().source = i - 1;
    layer.name = fmt::format("layer{}", i + 1);
    shape = layer.output;
    levels = layer.levels();
    network.layers.push_back(std::move(layer));
  }
  converter::HostReadout& readout = network.readout;
  readout.name = "readout";
  readout.inputs = shape.size();
  readout.classes = 3;
  for (int i = 0; i < readout.inputs * readout.classes; ++i) {
    readout.weights.push_back(static_cast<float>(random.between(-8, 8)) / 8.0F);
  }
  readout.bias.resize(static_cast<std::size_t>(readout.classes));
  return network;
}

common::ChipDescription random_chip(Random& random) {
  common::ChipDescription chip{};
  chip.name = "random";
  chip.clock_hz = 252e6;
  chip.voltage_v = 0.9;
  if (random.chance(50)) {
    chip.topology = common::TopologyKind::kQuadtree;
    chip.mesh = random.chance(50) ? common::MeshDescription{8, 8} : common::MeshDescription{4, 4};
  } else {
    chip.mesh = {random.between(4, 10), random.between(4, 10)};
  }
  // Small chips are never alone.
  const int least_chips = chip.mesh.cores() < 36 ? 2 : 1;
  chip.board = {random.between(least_chips, 2), random.between(least_chips, 3)};
  chip.inter_chip.link_cycles = random.between(1, 4);
  chip.inter_chip.flit_bits = random.chance(50) ? 32 : 64;
  chip.core.synapse = random.chance(50) ? common::Synapse::kTernary : common::Synapse::kBinaryPair;
  chip.core.axons = random.between(24, 96);
  chip.core.dendrites =
      random.between(16, 80) * (chip.core.synapse == common::Synapse::kTernary ? 1 : 2);
  chip.core.fan_in_groups = random.between(4, 32);
  chip.core.thresholds_per_dendrite = random.between(1, 4);
  chip.core.potential_bits = 16;
  chip.core.route_entries = random.between(128, 1024);
  chip.core.timing.scan_axons_per_cycle = 1 << random.between(3, 6);
  chip.core.timing.word_bits = 1 << random.between(3, 8);
  chip.core.timing.neurons_per_cycle = random.between(1, 3);
  chip.core.timing.gather_cycles_per_group = random.between(0, 2);
  chip.core.timing.compare_cycles = random.between(1, 2);
  chip.core.timing.emit_cycles_per_packet = random.between(1, 3);
  chip.router = {random.between(1, 4), random.between(1, 3), random.between(1, 6)};
  if (random.chance(30)) chip.router.arbitration = common::Arbitration::kFixedPriority;
  chip.host_port = {random.between(1, 6), random.between(0, chip.grid().columns - 1),
                    random.between(0, chip.grid().rows - 1)};
  if (chip.topology == common::TopologyKind::kQuadtree) {
    chip.host_port.level = random.between(0, chip.tree_levels());
  }
  chip.sync = {random.between(1, 16)};
  chip.bus = {8, 4, 256};
  if (random.chance(50)) chip.core.expansion = {random.between(64, 4096), random.between(1, 3), 25};
  return chip;
}

}  // namespace spikeloom::testing
