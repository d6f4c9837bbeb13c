// SPDX-License-Identifier: Apache-2.0
#include "mapper/geometry.h"

#include <algorithm>

namespace spikeloom::mapper {
namespace {

int taps_inside(const Axis& axis, int output) {
  int count = 0;
  for (int k = 0; k < axis.kernel; ++k) count += axis.inside(axis.tap(output, k)) ? 1 : 0;
  return count;
}

}  // namespace

int LayerGeometry::thresholds_of_copy(int copy) const {
  return std::min(levels_per_copy, levels - copy * levels_per_copy);
}

int LayerGeometry::taps(int output_y, int output_x) const {
  return taps_inside(y, output_y) * taps_inside(x, output_x);
}

LayerGeometry make_geometry(const converter::SpikingLayer& layer,
                            const common::CoreDescription& core) {
  const converter::Term& term = layer.terms.front();
  const converter::Window& window = term.window;
  LayerGeometry geometry;
  geometry.y = {term.input.height, layer.output.height, window.kernel_height,
                window.stride_y,   window.pad_top,      window.dilation_y};
  geometry.x = {term.input.width, layer.output.width, window.kernel_width,
                window.stride_x,  window.pad_left,    window.dilation_x};
  geometry.pooling = layer.kind == converter::LayerKind::kMaxPool;
  geometry.conv_groups = term.groups;
  geometry.inputs_per_group = term.group_inputs();
  geometry.outputs_per_group = term.group_outputs();
  geometry.input_levels = term.input_levels;
  geometry.levels = layer.levels();
  geometry.levels_per_copy =
      geometry.pooling ? 1 : std::min(geometry.levels, core.thresholds_per_dendrite);
  geometry.copies = (geometry.levels + geometry.levels_per_copy - 1) / geometry.levels_per_copy;
  geometry.group_neurons = core.axons / geometry.input_levels;
  return geometry;
}

}  // namespace spikeloom::mapper
