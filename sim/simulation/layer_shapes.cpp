// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/layer_shapes.h"

#include "spikeloom/arch/names.h"
#include "spikeloom/sim/workload/workload.h"

namespace spikeloom::sim {

std::vector<LayerShape> layer_shapes(const converter::SpikingNetwork& network) {
  std::vector<LayerShape> shapes = {{network.encoder.name, network.encoder.output}};
  for (const converter::SpikingLayer& layer : network.layers) {
    shapes.push_back({layer.name, layer.output});
  }
  return shapes;
}

std::vector<LayerShape> layer_shapes(const WorkloadConfig& workload) {
  return {{std::string(arch::kInputPart), {0, 0, 0}},
          {kWorkloadName, {1, workload.cores, workload.neurons}}};
}

}  // namespace spikeloom::sim
