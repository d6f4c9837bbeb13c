// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/sim/inputs/workload_config.h"

namespace spikeloom::sim {

/// Name of a workload's deployment and of its layer.
inline constexpr const char* kWorkloadName = "workload";

/// Core and axon that a neuron of a workload sends to.
struct Target {
  int core = 0;  ///< number on the board
  int axon = 0;
};

/// Returns the targets of all neurons: [core][neuron]. Each core gets as many as it has neurons, on
/// axons of their own as far as it has axons.
std::vector<std::vector<Target>> draw_targets(const WorkloadConfig& workload,
                                              const arch::ChipDescription& chip);

/// Returns the deployment of a workload that fits the chip (fit_to_chip): one layer, whose neurons
/// fire at random and send to each other. Its chip has stochastic neurons, whatever `chip` says.
arch::Deployment make_workload(const WorkloadConfig& workload, const arch::ChipDescription& chip);

/// Returns the writes after which the cores of a workload begin in tick `tick` instead of 0.
std::vector<arch::Transaction> first_tick_writes(const arch::Deployment& deployment,
                                                 std::uint64_t tick);

}  // namespace spikeloom::sim
