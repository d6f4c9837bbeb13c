// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/base/ceil_div.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::mapper {

using base::ceil_div;

/// Range first..end-1 of outputs, channels or groups.
struct Span {
  int first = 0;
  int end = 0;
  int size() const { return end - first; }
  bool operator==(const Span& o) const { return first == o.first && end == o.end; }
};

/// One axis (rows or columns) of a term. Determines the inputs that an output's window covers.
struct Axis {
  int inputs = 1;
  int outputs = 1;
  int kernel = 1;
  int stride = 1;
  int pad = 0;  ///< padding before the first input
  int dilation = 1;

  /// Input at tap `k` of `output`; may lie in the padding.
  int tap(int output, int k) const { return output * stride - pad + k * dilation; }
  bool inside(int input) const { return input >= 0 && input < inputs; }
  /// Number of inputs that the windows of `count` adjacent outputs span, padding included.
  int patch(int count) const { return (count - 1) * stride + (kernel - 1) * dilation + 1; }
  bool operator==(const Axis& o) const;
};

/// The dendrites that hold each weight of a term of the network.
struct WeightPlane {
  std::size_t term = 0;        ///< number of the network's term in its layer
  std::vector<int> shifts{0};  ///< of the dendrites: their powers of two add up to the factor

  /// What each weight is multiplied by.
  int factor() const;
};

/// Geometry of a term of a layer. Terms of the network that read the same inputs with the same
/// windows for the same outputs are one term here, with a plane for each: they share groups, axons
/// and packets, and the dendrites of all planes lie side by side. Max pooling is a grouped
/// convolution with one channel per group.
struct TermGeometry {
  int source = converter::kEncoder;
  Axis y;
  Axis x;
  int conv_groups = 1;
  int inputs_per_group = 1;   ///< input channels per convolution group
  int outputs_per_group = 1;  ///< output channels per convolution group
  int first_output = 0;       ///< first output channel of the layer that it adds to
  int input_levels = 1;
  std::vector<WeightPlane> planes = std::vector<WeightPlane>(1);
  int group_neurons = 1;  ///< number of input neurons that fit a group of axons

  /// Number of dendrites that hold each weight, those of all planes.
  int dendrites_per_weight() const;
  /// Whether both have the same inputs at the same taps of the same outputs.
  bool reads_like(const TermGeometry& o) const;
  int kernel_taps() const { return y.kernel * x.kernel; }
  /// Number of input channels.
  int channels() const { return conv_groups * inputs_per_group; }
  /// Number of output channels of the layer that it adds to.
  int outputs() const { return conv_groups * outputs_per_group; }
  int inputs() const { return y.inputs * x.inputs * channels(); }
  /// Number of input spikes if each input neuron fires all of its levels.
  std::int64_t spikes() const { return std::int64_t{inputs()} * input_levels; }
  bool has_output(int channel) const {
    return channel >= first_output && channel < first_output + outputs();
  }
  /// Convolution group of an output channel; requires has_output(channel).
  int conv_group(int channel) const { return (channel - first_output) / outputs_per_group; }
  /// Convolution groups with an output among `channels` of the layer.
  Span conv_groups_of(const Span& channels) const;
  /// Number of outputs of a convolution group among `channels` of the layer.
  int outputs_in(int conv_group, const Span& channels) const;
  /// Number of taps of output (y, x) that lie inside the image, for one input channel.
  int taps(int output_y, int output_x) const;
};

/// Geometry of a layer. In a max pooling layer each level has neurons of its own, which read only
/// the axons of that level.
struct LayerGeometry {
  converter::Shape output;
  int levels = 1;
  bool pooling = false;
  int copies = 1;           ///< core neurons per output neuron
  int levels_per_copy = 1;  ///< thresholds of a copy; the last copy may have fewer
  int group_axons = 1;      ///< axons of a group that whole input neurons can fill
  std::vector<TermGeometry> terms;

  int thresholds_of_copy(int copy) const;
  /// Output channels divided wherever a term begins or ends.
  std::vector<Span> sections() const;
};

/// Returns the fewest shifts of 0 .. weight_planes - 1 whose powers of two add up to `factor`,
/// greatest first.
std::vector<int> shifts_of(int factor, int weight_planes);

LayerGeometry make_geometry(const converter::SpikingLayer& layer,
                            const arch::CoreDescription& core);

}  // namespace spikeloom::mapper
