// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "common/chip_description.h"
#include "converter/spiking_network.h"

namespace spikeloom::test {

/// Integers that are the same with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  /// least..most, both included.
  int integer(int least, int most) {
    return least + static_cast<int>(engine_() % static_cast<std::uint64_t>(most - least + 1));
  }
  bool chance(int percent) { return integer(1, 100) <= percent; }

 private:
  std::mt19937_64 engine_;
};

/// What a layer adds to a network under construction.
struct LayerSpec {
  int channels = 1;
  converter::Window window;
  int groups = 1;
  int levels = 1;
  bool pool = false;
};

inline converter::Window square_window(int kernel, int stride = 1, int pad = 0) {
  converter::Window window;
  window.kernel_height = window.kernel_width = kernel;
  window.stride_y = window.stride_x = stride;
  window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = pad;
  return window;
}

/// A network of random ternary weights and thresholds.
class NetworkBuilder {
 public:
  NetworkBuilder(const std::string& name, const converter::Shape& input, int levels,
                 std::uint64_t seed)
      : random_(seed) {
    network_.name = name;
    converter::HostEncoder& encoder = network_.encoder;
    encoder.name = "encoder";
    encoder.input = {1, input.height, input.width};
    encoder.output = input;
    encoder.weights.assign(static_cast<std::size_t>(input.channels), 1.0F);
    encoder.bias.assign(static_cast<std::size_t>(input.channels), 0.0F);
    encoder.quantizer.levels = levels;
  }

  const converter::Shape& shape() const {
    return network_.layers.empty() ? network_.encoder.output : network_.layers.back().output;
  }
  int levels() const {
    return network_.layers.empty() ? network_.encoder.quantizer.levels
                                   : network_.layers.back().levels();
  }

  NetworkBuilder& add(const LayerSpec& spec) {
    converter::SpikingLayer layer;
    layer.name = "layer" + std::to_string(network_.layers.size() + 1);
    layer.kind = spec.pool ? converter::LayerKind::kMaxPool : converter::LayerKind::kSum;
    converter::Term& term = layer.terms.emplace_back();
    term.source = static_cast<int>(network_.layers.size()) - 1;
    term.input = shape();
    term.window = spec.window;
    term.outputs = spec.pool ? term.input.channels : spec.channels;
    layer.output = converter::output_shape(spec.window, term.input, term.outputs);
    term.groups = spec.pool ? term.input.channels : spec.groups;
    term.input_levels = levels();
    layer.quantizer.levels = spec.pool ? term.input_levels : spec.levels;
    if (!spec.pool) {
      const int weights = term.outputs * term.fan_in();
      for (int i = 0; i < weights; ++i) {
        term.weights.push_back(static_cast<std::int8_t>(random_.integer(-1, 1)));
      }
      for (int c = 0; c < layer.output.channels; ++c) {
        int threshold = random_.integer(-8, 8);
        for (int i = 0; i < spec.levels; ++i) {
          layer.thresholds.push_back(threshold);
          threshold += random_.integer(0, 5);
        }
      }
    }
    network_.layers.push_back(std::move(layer));
    return *this;
  }

  NetworkBuilder& convolution(int channels, int kernel, int stride = 1, int pad = 0) {
    return add({channels, square_window(kernel, stride, pad), 1, levels(), false});
  }

  converter::SpikingNetwork build() {
    converter::HostReadout& readout = network_.readout;
    readout.name = "readout";
    readout.inputs = shape().size();
    readout.classes = 2;
    readout.weights.assign(static_cast<std::size_t>(readout.inputs * readout.classes), 0.0F);
    readout.bias.assign(2, 0.0F);
    return network_;
  }

 private:
  Random random_;
  converter::SpikingNetwork network_;
};

inline converter::SpikingNetwork lenet(int levels = 4) {
  NetworkBuilder builder("lenet", {16, 28, 28}, levels, 1);
  return builder.convolution(16, 5)
      .convolution(16, 2, 2)
      .convolution(32, 5)
      .convolution(32, 2, 2)
      .convolution(256, 4)
      .build();
}

inline converter::SpikingNetwork vgg(int levels = 4) {
  NetworkBuilder builder("vgg", {64, 24, 24}, levels, 1);
  return builder.convolution(64, 3, 1, 1)
      .convolution(64, 3, 1, 1)
      .convolution(64, 2, 2)
      .convolution(128, 3, 1, 1)
      .convolution(128, 3, 1, 1)
      .convolution(128, 2, 2)
      .convolution(256, 3, 1, 1)
      .convolution(256, 3, 1, 1)
      .convolution(256, 2, 2)
      .convolution(512, 3, 1, 1)
      .convolution(512, 3)
      .build();
}

/// A chip of small cores, so that small networks meet all of its limits.
inline common::ChipDescription small_chip() {
  common::ChipDescription chip{};
  chip.name = "small";
  chip.clock_hz = 1e8;
  chip.voltage_v = 1.0;
  chip.mesh = {12, 12};
  chip.core.axons = 48;
  chip.core.dendrites = 40;
  chip.core.synapse = common::Synapse::kTernary;
  chip.core.fan_in_groups = 16;
  chip.core.thresholds_per_dendrite = 4;
  chip.core.potential_bits = 12;
  chip.core.route_entries = 200;
  chip.core.timing = {16, 16, 1, 1, 1, 1};
  chip.router = {4, 1, 1};
  chip.host_port = {6, 0, 0};
  chip.sync = {8};
  chip.bus = {8, 4, 64};
  return chip;
}

/// A layer that fits the network's shape so far.
inline LayerSpec random_layer(Random& random, const converter::Shape& shape) {
  LayerSpec spec;
  spec.levels = random.integer(1, 4);
  spec.channels = random.integer(1, 9);
  spec.pool = random.chance(20);
  const auto axis = [&](int size, int& kernel, int& stride, int& before, int& after,
                        int& dilation) {
    dilation = random.chance(20) ? 2 : 1;
    kernel = random.integer(1, 3);
    stride = random.integer(1, 3);
    before = spec.pool ? 0 : random.integer(0, 2);
    after = spec.pool ? 0 : random.integer(0, 2);
    if ((kernel - 1) * dilation + 1 > size + before + after) kernel = 1;
  };
  converter::Window& window = spec.window;
  axis(shape.height, window.kernel_height, window.stride_y, window.pad_top, window.pad_bottom,
       window.dilation_y);
  axis(shape.width, window.kernel_width, window.stride_x, window.pad_left, window.pad_right,
       window.dilation_x);
  if (random.chance(20)) {  // dense
    window = {};
    window.kernel_height = shape.height;
    window.kernel_width = shape.width;
    spec.pool = false;
  }
  for (const int groups : {shape.channels, 2, 3}) {
    if (shape.channels % groups != 0 || !random.chance(30)) continue;
    spec.groups = groups;
    spec.channels = groups * random.integer(1, 3);
    break;
  }
  return spec;
}

inline converter::SpikingNetwork random_network(Random& random, std::uint64_t seed) {
  NetworkBuilder builder("random",
                         {random.integer(1, 8), random.integer(1, 11), random.integer(1, 11)},
                         random.integer(1, 4), seed);
  const int layers = random.integer(1, 4);
  for (int l = 0; l < layers; ++l) builder.add(random_layer(random, builder.shape()));
  return builder.build();
}

inline common::ChipDescription random_chip(Random& random) {
  common::ChipDescription chip = small_chip();
  chip.mesh = {random.integer(3, 20), random.integer(3, 20)};
  chip.core.axons = random.integer(8, 120);
  chip.core.dendrites = 2 * random.integer(4, 80);
  chip.core.synapse = random.chance(50) ? common::Synapse::kTernary : common::Synapse::kBinaryPair;
  chip.core.fan_in_groups = random.integer(4, 64);
  chip.core.thresholds_per_dendrite = random.integer(1, 4);
  chip.core.route_entries = random.integer(4, 120);
  chip.core.timing.word_bits = 8 << random.integer(0, 3);
  chip.host_port.x = random.integer(0, chip.mesh.columns - 1);
  chip.host_port.y = random.integer(0, chip.mesh.rows - 1);
  if (random.chance(50)) chip.core.expansion = {random.integer(16, 2000), 1, 25};
  return chip;
}

}  // namespace spikeloom::test
