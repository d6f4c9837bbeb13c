// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/sim/inputs/workload_config.h"

namespace spikeloom::sim {

/// The neurons of a category as files of results arrange them.
struct LayerShape {
  std::string name;
  converter::Shape shape;
};

/// Returns the shapes by category: the host's input, then the layers.
std::vector<LayerShape> layer_shapes(const converter::SpikingNetwork& network);
/// Likewise of a workload, which has no input: one channel, a row a core, a column a neuron.
std::vector<LayerShape> layer_shapes(const WorkloadConfig& workload);

}  // namespace spikeloom::sim
