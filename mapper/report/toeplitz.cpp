// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/report/toeplitz.h"

#include <set>
#include <utility>
#include <vector>

namespace spikeloom::mapper {
namespace {

/// Returns, for each input along an axis, the outputs whose windows cover it.
std::vector<std::vector<int>> covering(const Axis& axis) {
  std::vector<std::vector<int>> outputs(static_cast<std::size_t>(axis.inputs));
  for (int output = 0; output < axis.outputs; ++output) {
    for (int k = 0; k < axis.kernel; ++k) {
      const int input = axis.tap(output, k);
      if (axis.inside(input)) outputs[static_cast<std::size_t>(input)].push_back(output);
    }
  }
  return outputs;
}

/// Number of runs of adjacent tiles.
int runs(const std::set<int>& tiles) {
  int count = 0;
  for (const int tile : tiles) count += tiles.count(tile - 1) == 0 ? 1 : 0;
  return count;
}

ToeplitzBaseline of_term(const LayerGeometry& layer, const TermGeometry& term,
                         const arch::CoreDescription& core) {
  const int row_neurons = term.group_neurons;
  const int column_neurons = core.ternary_dendrites() / layer.copies / term.dendrites_per_weight();
  if (row_neurons == 0 || column_neurons == 0) return {};
  ToeplitzBaseline baseline;
  baseline.tiles = ceil_div<std::int64_t>(term.inputs(), row_neurons) *
                   ceil_div<std::int64_t>(layer.output.size(), column_neurons);
  const int input_channels = term.channels();
  const int output_channels = layer.output.channels;
  const std::vector<std::vector<int>> rows = covering(term.y);
  const std::vector<std::vector<int>> columns = covering(term.x);
  std::set<std::pair<int, int>> used;  // row tile, column tile
  for (int y = 0; y < term.y.inputs; ++y) {
    for (int x = 0; x < term.x.inputs; ++x) {
      for (int group = 0; group < term.conv_groups; ++group) {
        std::set<int> tiles;
        for (const int output_y : rows[static_cast<std::size_t>(y)]) {
          for (const int output_x : columns[static_cast<std::size_t>(x)]) {
            const int first = (output_y * term.x.outputs + output_x) * output_channels +
                              term.first_output + group * term.outputs_per_group;
            const int last = first + term.outputs_per_group - 1;
            for (int tile = first / column_neurons; tile <= last / column_neurons; ++tile) {
              tiles.insert(tile);
            }
          }
        }
        baseline.packets += std::int64_t{runs(tiles)} * term.inputs_per_group;
        baseline.deliveries += static_cast<std::int64_t>(tiles.size()) * term.inputs_per_group;
        const int first = (y * term.x.inputs + x) * input_channels + group * term.inputs_per_group;
        const int last = first + term.inputs_per_group - 1;
        for (int row = first / row_neurons; row <= last / row_neurons; ++row) {
          for (const int tile : tiles) used.insert({row, tile});
        }
      }
    }
  }
  baseline.cores = static_cast<std::int64_t>(used.size());
  baseline.level_packets = baseline.packets * term.input_levels;
  return baseline;
}

}  // namespace

ToeplitzBaseline toeplitz(const LayerGeometry& layer, const arch::CoreDescription& core) {
  ToeplitzBaseline sum;
  for (const TermGeometry& term : layer.terms) {
    const ToeplitzBaseline baseline = of_term(layer, term, core);
    sum.tiles += baseline.tiles;
    sum.cores += baseline.cores;
    sum.packets += baseline.packets;
    sum.level_packets += baseline.level_packets;
    sum.deliveries += baseline.deliveries;
  }
  return sum;
}

}  // namespace spikeloom::mapper
