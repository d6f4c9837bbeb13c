// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/chip_description.h"
#include "converter/spiking_network.h"

namespace spikeloom::mapper {

/// Rows or columns of a layer: which inputs an output's window covers.
struct Axis {
  int inputs = 1;
  int outputs = 1;
  int kernel = 1;
  int stride = 1;
  int pad = 0;  ///< before the first input
  int dilation = 1;

  /// Input under tap `k` of `output`; may lie in the padding.
  int tap(int output, int k) const { return output * stride - pad + k * dilation; }
  bool inside(int input) const { return input >= 0 && input < inputs; }
  /// Inputs that the windows of `outputs` neighbours span, the padding included.
  int patch(int neighbours) const {
    return (neighbours - 1) * stride + (kernel - 1) * dilation + 1;
  }
};

/// A layer as the mapper sees it. Max pooling is a grouped convolution of one channel a group,
/// where each level has neurons of its own that take that level's axons only.
struct LayerGeometry {
  Axis y;
  Axis x;
  int conv_groups = 1;
  int inputs_per_group = 1;   ///< channels
  int outputs_per_group = 1;  ///< channels
  int input_levels = 1;
  int levels = 1;
  bool pooling = false;
  int copies = 1;           ///< neurons of a core that an output neuron takes
  int levels_per_copy = 1;  ///< thresholds of each, but the last copy's may be fewer
  int group_neurons = 1;    ///< input neurons that fit a group of axons

  int outputs() const { return y.outputs * x.outputs * conv_groups * outputs_per_group; }
  int inputs() const { return y.inputs * x.inputs * conv_groups * inputs_per_group; }
  int thresholds_of_copy(int copy) const;
  /// Input taps inside the image that an output (y, x) has, of one input channel.
  int taps(int output_y, int output_x) const;
};

LayerGeometry make_geometry(const converter::SpikingLayer& layer,
                            const common::CoreDescription& core);

}  // namespace spikeloom::mapper
