// SPDX-License-Identifier: Apache-2.0
#include "mapper/traffic.h"

#include <map>

namespace spikeloom::mapper {
namespace {

/// weights[source][target], sparse. A block's packets are the product of those of its rows, its
/// columns and its channels.
using Weights = std::vector<std::map<int, double>>;

std::vector<int> blocks_of(const std::vector<UnitPlace>& places) {
  std::vector<int> blocks;
  for (const UnitPlace& place : places) {
    if (blocks.empty() || blocks.back() != place.block) blocks.push_back(place.block);
  }
  return blocks;
}

Weights axis_weights(int source_block, int source_blocks, const AxisMap& target) {
  Weights weights(static_cast<std::size_t>(source_blocks));
  for (int input = 0; input < target.axis().inputs; ++input) {
    const std::vector<int> blocks = blocks_of(target.seen_by(input));
    for (const int block : blocks) {
      weights[static_cast<std::size_t>(input / source_block)][block] +=
          static_cast<double>(target.addresses(input)) / static_cast<double>(blocks.size());
    }
  }
  return weights;
}

/// Sources are channel block * chunks + chunk, targets channel blocks.
Weights channel_weights(const LayerMap& source, const LayerMap& target) {
  const LayerGeometry& geometry = source.geometry();
  const ChannelPlan& plan = source.plan().channels;
  Weights weights(static_cast<std::size_t>(source.channel_blocks() * source.chunks()));
  for (int channel = 0; channel < geometry.conv_groups * geometry.outputs_per_group; ++channel) {
    const int block = channel / geometry.outputs_per_group / plan.conv_groups;
    const int chunk = channel % geometry.outputs_per_group / plan.chunk;
    const int target_block =
        channel / target.geometry().inputs_per_group / target.plan().channels.conv_groups;
    weights[static_cast<std::size_t>(block * source.chunks() + chunk)][target_block] +=
        static_cast<double>(geometry.levels) / target.chunks();
  }
  return weights;
}

}  // namespace

Traffic::Traffic(const std::vector<LayerMap>& layers)
    : into_(layers.size()), out_of_(layers.size()) {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    into_[l].resize(at(layers[l].blocks()));
    out_of_[l].resize(at(layers[l].blocks()));
  }
  const LayerMap& first = layers.front();
  const Weights y = axis_weights(first.geometry().y.inputs, 1, first.y());
  const Weights x = axis_weights(first.geometry().x.inputs, 1, first.x());
  for (int block = 0; block < first.blocks(); ++block) {
    const BlockPlace place = first.block_place(block);
    const auto along = [](const Weights& weights, int target) {
      const auto found = weights.front().find(target);
      return found == weights.front().end() ? 0.0 : found->second;
    };
    const double channels =
        static_cast<double>(first.conv_groups(place).size() * first.geometry().inputs_per_group) *
        first.geometry().input_levels / first.chunks();
    into_.front()[at(block)].push_back({0, along(y, place.y) * along(x, place.x) * channels});
  }
  for (int l = 0; l + 1 < static_cast<int>(layers.size()); ++l) connect(layers, l);
  const LayerMap& last = layers.back();
  for (int block = 0; block < last.blocks(); ++block) {
    const int neurons = last.neurons(last.block_place(block)) / last.geometry().copies;
    out_of_.back()[at(block)].push_back({0, static_cast<double>(neurons * last.geometry().levels)});
  }
}

void Traffic::connect(const std::vector<LayerMap>& layers, int layer) {
  const LayerMap& source = layers[at(layer)];
  const LayerMap& target = layers[at(layer + 1)];
  const LayerPlan& plan = source.plan();
  const Weights y = axis_weights(plan.y.block, plan.y.blocks(source.geometry().y), target.y());
  const Weights x = axis_weights(plan.x.block, plan.x.blocks(source.geometry().x), target.x());
  const Weights channels = channel_weights(source, target);
  for (int block = 0; block < source.blocks(); ++block) {
    const BlockPlace from = source.block_place(block);
    for (const auto& [to_y, y_weight] : y[at(from.y)]) {
      for (const auto& [to_x, x_weight] : x[at(from.x)]) {
        for (const auto& [to_channels, channel_weight] :
             channels[at(from.channel_block * source.chunks() + from.chunk)]) {
          for (int chunk = 0; chunk < target.chunks(); ++chunk) {
            const int to = target.block_number({to_channels, to_y, to_x, chunk});
            const double packets = y_weight * x_weight * channel_weight;
            out_of_[at(layer)][at(block)].push_back({to, packets});
            into_[at(layer + 1)][at(to)].push_back({block, packets});
          }
        }
      }
    }
  }
}

}  // namespace spikeloom::mapper
