// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/arch/deployment.h"
#include "spikeloom/hw/faults/hardware_faults.h"
#include "spikeloom/hw/host/host_driver.h"

namespace spikeloom::sim {

/// Applies the faults of memory to the cores of a board that the deployment has been loaded into.
/// Returns what they have hit.
hw::FaultCounts apply_memory_faults(const arch::Deployment& deployment,
                                    const hw::HardwareFaults& faults, hw::HostDriver& driver);

}  // namespace spikeloom::sim
