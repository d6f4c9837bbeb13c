// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/spike_profile.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// File name in a results directory.
inline constexpr const char* kProfileFile = "spikes.profile";

/// Returns the number of spikes of each neuron in a run.
arch::SpikeProfile make_profile(const converter::SpikingNetwork& network,
                                const RangeResult& result);

/// Reads the spike profile from the results directory of an earlier run of `network`. Throws
/// base::UserError if there is none or it belongs to another network.
arch::SpikeProfile load_profile(const std::string& directory,
                                const converter::SpikingNetwork& network);

}  // namespace spikeloom::sim
