// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/geometry.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <tuple>

namespace spikeloom::mapper {
namespace {

int taps_inside(const Axis& axis, int output) {
  int count = 0;
  for (int k = 0; k < axis.kernel; ++k) count += axis.inside(axis.tap(output, k)) ? 1 : 0;
  return count;
}

TermGeometry make_term(const converter::Term& term, std::size_t number,
                       const converter::Shape& output, const arch::CoreDescription& core) {
  const converter::Window& window = term.window;
  TermGeometry geometry;
  geometry.source = term.source;
  geometry.y = {term.input.height, output.height,  window.kernel_height,
                window.stride_y,   window.pad_top, window.dilation_y};
  geometry.x = {term.input.width, output.width,    window.kernel_width,
                window.stride_x,  window.pad_left, window.dilation_x};
  geometry.conv_groups = term.groups;
  geometry.inputs_per_group = term.group_inputs();
  geometry.outputs_per_group = term.group_outputs();
  geometry.first_output = term.first_output;
  geometry.input_levels = term.input_levels;
  geometry.planes = {{number, shifts_of(term.repeat, core.weight_planes)}};
  geometry.group_neurons = core.axons / geometry.input_levels;
  return geometry;
}

/// Adds a term, as a plane if one with the same inputs is there already.
void add_term(const TermGeometry& term, std::vector<TermGeometry>& terms) {
  const auto like = std::find_if(terms.begin(), terms.end(),
                                 [&](const TermGeometry& o) { return o.reads_like(term); });
  if (like == terms.end()) {
    terms.push_back(term);
  } else {
    like->planes.insert(like->planes.end(), term.planes.begin(), term.planes.end());
  }
}

}  // namespace

bool Axis::operator==(const Axis& o) const {
  return std::tie(inputs, outputs, kernel, stride, pad, dilation) ==
         std::tie(o.inputs, o.outputs, o.kernel, o.stride, o.pad, o.dilation);
}

int WeightPlane::factor() const {
  return std::accumulate(shifts.begin(), shifts.end(), 0,
                         [](int sum, int shift) { return sum + (1 << shift); });
}

int TermGeometry::dendrites_per_weight() const {
  std::size_t sum = 0;
  for (const WeightPlane& plane : planes) sum += plane.shifts.size();
  return static_cast<int>(sum);
}

bool TermGeometry::reads_like(const TermGeometry& o) const {
  return source == o.source && y == o.y && x == o.x && conv_groups == o.conv_groups &&
         inputs_per_group == o.inputs_per_group && outputs_per_group == o.outputs_per_group &&
         first_output == o.first_output;
}

Span TermGeometry::conv_groups_of(const Span& channels) const {
  const int end = std::min(channels.end - first_output, outputs());
  const int first = std::max(channels.first - first_output, 0);
  if (first >= end) return {};
  return {first / outputs_per_group, (end - 1) / outputs_per_group + 1};
}

int TermGeometry::outputs_in(int conv_group, const Span& channels) const {
  const int first = first_output + conv_group * outputs_per_group;
  return std::max(
      0, std::min(first + outputs_per_group, channels.end) - std::max(first, channels.first));
}

int TermGeometry::taps(int output_y, int output_x) const {
  return taps_inside(y, output_y) * taps_inside(x, output_x);
}

int LayerGeometry::thresholds_of_copy(int copy) const {
  return std::min(levels_per_copy, levels - copy * levels_per_copy);
}

std::vector<Span> LayerGeometry::sections() const {
  std::set<int> cuts{0, output.channels};
  for (const TermGeometry& term : terms) {
    cuts.insert(term.first_output);
    cuts.insert(term.first_output + term.outputs());
  }
  std::vector<Span> sections;
  for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut) {
    sections.push_back({*cut, *std::next(cut)});
  }
  return sections;
}

std::vector<int> shifts_of(int factor, int weight_planes) {
  std::vector<int> shifts;
  for (int shift = weight_planes - 1; shift >= 0; --shift) {
    shifts.insert(shifts.end(), static_cast<std::size_t>(factor >> shift), shift);
    factor &= (1 << shift) - 1;
  }
  return shifts;
}

LayerGeometry make_geometry(const converter::SpikingLayer& layer,
                            const arch::CoreDescription& core) {
  LayerGeometry geometry;
  geometry.output = layer.output;
  geometry.pooling = pools(layer.kind);
  geometry.levels = layer.levels();
  geometry.levels_per_copy =
      geometry.pooling ? 1 : std::min(geometry.levels, core.thresholds_per_dendrite);
  geometry.copies = ceil_div(geometry.levels, geometry.levels_per_copy);
  int common_levels = 0;
  for (std::size_t t = 0; t < layer.terms.size(); ++t) {
    common_levels = std::gcd(common_levels, layer.terms[t].input_levels);
    add_term(make_term(layer.terms[t], t, layer.output, core), geometry.terms);
  }
  geometry.group_axons = core.axons - core.axons % common_levels;
  return geometry;
}

}  // namespace spikeloom::mapper
