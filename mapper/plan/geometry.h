// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::mapper {

/// Parts of at most `b` that `a` takes.
template <typename A>
A ceil_div(A a, int b) {
  return (a + b - 1) / b;
}

/// first..end-1, of outputs, channels or groups.
struct Span {
  int first = 0;
  int end = 0;
  int size() const { return end - first; }
  bool operator==(const Span& o) const { return first == o.first && end == o.end; }
};

/// Rows or columns of a term: which inputs an output's window covers.
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

/// A term of a layer as the mapper sees it. Max pooling is a grouped convolution of one channel a
/// group.
struct TermGeometry {
  int source = converter::kEncoder;
  Axis y;
  Axis x;
  int conv_groups = 1;
  int inputs_per_group = 1;   ///< channels
  int outputs_per_group = 1;  ///< channels
  int first_output = 0;       ///< channel of the layer
  int input_levels = 1;
  int repeat = 1;         ///< dendrites that take each weight
  int group_neurons = 1;  ///< input neurons that fit a group of axons

  int channels() const { return conv_groups * inputs_per_group; }
  /// Output channels of the layer that it adds to.
  int outputs() const { return conv_groups * outputs_per_group; }
  int inputs() const { return y.inputs * x.inputs * channels(); }
  /// Spikes, if each of its input neurons fires all of its levels.
  std::int64_t spikes() const { return std::int64_t{inputs()} * input_levels; }
  bool has_output(int channel) const {
    return channel >= first_output && channel < first_output + outputs();
  }
  /// Convolution group of an output channel that the term has.
  int conv_group(int channel) const { return (channel - first_output) / outputs_per_group; }
  /// Those with an output among `channels` of the layer.
  Span conv_groups_of(const Span& channels) const;
  /// Outputs of a convolution group among `channels` of the layer.
  int outputs_in(int conv_group, const Span& channels) const;
  /// Input taps inside the image that an output (y, x) has, of one input channel.
  int taps(int output_y, int output_x) const;
};

/// A layer as the mapper sees it. Each level of a max pooling has neurons of its own that take that
/// level's axons only.
struct LayerGeometry {
  converter::Shape output;
  int levels = 1;
  bool pooling = false;
  int copies = 1;           ///< neurons of a core that an output neuron takes
  int levels_per_copy = 1;  ///< thresholds of each, but the last copy's may be fewer
  int group_axons = 1;      ///< axons of a group that whole input neurons can fill
  std::vector<TermGeometry> terms;

  int thresholds_of_copy(int copy) const;
  /// Output channels cut where a term begins or ends.
  std::vector<Span> sections() const;
};

LayerGeometry make_geometry(const converter::SpikingLayer& layer,
                            const arch::CoreDescription& core);

}  // namespace spikeloom::mapper
