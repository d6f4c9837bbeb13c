// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>

#include "converter/spiking_network.h"

namespace spikeloom::converter {

/// Draws small spiking networks with windows of all kinds.
class NetworkMaker {
 public:
  explicit NetworkMaker(unsigned seed) : generator_(seed) {}

  int integer(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(generator_);
  }
  float real(float least, float most) {
    return std::uniform_real_distribution<float>(least, most)(generator_);
  }
  std::vector<float> reals(int count, float least, float most) {
    std::vector<float> values;
    for (int i = 0; i < count; ++i) values.push_back(real(least, most));
    return values;
  }
  Quantizer quantizer() {
    return {integer(0, 2), integer(1, 6),
            integer(0, 1) == 0 ? Quantizer::Rounding::kHalfUp : Quantizer::Rounding::kHalfEven};
  }

  /// A window that fits and, if `filled`, leaves no output without a pixel.
  Window window(const Shape& input, bool filled) {
    for (;;) {
      Window w;
      w.kernel_height = integer(1, 3);
      w.kernel_width = integer(1, 3);
      w.stride_y = integer(1, 2);
      w.stride_x = integer(1, 3);
      w.dilation_y = integer(1, 2);
      w.dilation_x = integer(1, 2);
      for (int* pad : {&w.pad_top, &w.pad_left, &w.pad_bottom, &w.pad_right}) {
        *pad = filled ? 0 : integer(0, 2);
      }
      const Shape output = output_shape(w, input, 1);
      if (output.height >= 1 && output.width >= 1) return w;
    }
  }

  HostEncoder encoder() {
    HostEncoder e;
    e.name = "first";
    e.groups = integer(1, 2);
    e.input = {e.groups * integer(1, 2), integer(5, 8), integer(5, 9)};
    e.window = window(e.input, false);
    e.output = output_shape(e.window, e.input, e.groups * integer(1, 3));
    const int channels = e.output.channels;
    e.weights = reals(channels * (e.input.channels / e.groups) * e.window.taps(), -1.0F, 1.0F);
    e.bias = reals(channels, -0.2F, 0.2F);
    e.normalized = integer(0, 1) == 1;
    if (e.normalized) {
      e.gamma = reals(channels, -2.0F, 2.0F);
      e.beta = reals(channels, -0.5F, 1.0F);
      e.mean = reals(channels, -0.5F, 0.5F);
      e.variance = reals(channels, 0.1F, 2.0F);
      e.epsilon = 1e-5F;
    }
    e.quantizer = quantizer();
    return e;
  }

  SpikingLayer layer(int source, const Shape& input, const Quantizer& before) {
    SpikingLayer l;
    l.name = "on chip";
    Term& term = l.terms.emplace_back();
    term.source = source;
    term.input = input;
    term.input_levels = before.levels;
    if (integer(0, 3) == 0) {
      l.kind = LayerKind::kMaxPool;
      term.window = window(input, true);
      term.groups = term.outputs = input.channels;
      l.output = output_shape(term.window, input, input.channels);
      l.quantizer = before;
      return l;
    }
    term.groups = input.channels % 2 == 0 ? integer(1, 2) : 1;
    term.window = window(input, false);
    term.outputs = term.groups * integer(1, 3);
    l.output = output_shape(term.window, input, term.outputs);
    l.quantizer = quantizer();
    for (int i = 0; i < term.outputs * term.fan_in(); ++i) {
      term.weights.push_back(static_cast<std::int8_t>(integer(-1, 1)));
    }
    for (int c = 0; c < l.output.channels; ++c) {
      int threshold = integer(-4, 2);
      for (int i = 0; i < l.levels(); ++i) l.thresholds.push_back(threshold += integer(0, 2));
    }
    return l;
  }

  SpikingNetwork network() {
    SpikingNetwork n;
    n.name = "small";
    n.encoder = encoder();
    Shape shape = n.encoder.output;
    Quantizer before = n.encoder.quantizer;
    const int layers = integer(1, 4);
    for (int i = 0; i < layers; ++i) {
      n.layers.push_back(layer(i - 1, shape, before));
      shape = n.layers.back().output;
      before = n.layers.back().quantizer;
    }
    n.readout.name = "last";
    n.readout.inputs = shape.size();
    n.readout.classes = integer(1, 5);
    n.readout.weights = reals(n.readout.inputs * n.readout.classes, -1.0F, 1.0F);
    n.readout.bias = reals(n.readout.classes, -1.0F, 1.0F);
    return n;
  }

 private:
  std::mt19937 generator_;
};

}  // namespace spikeloom::converter
