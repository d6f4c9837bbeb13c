// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/arch/spike_profile.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Its name in the directory of a run's results.
inline constexpr const char* kProfileFile = "spikes.profile";

/// How often each neuron spiked in a run.
arch::SpikeProfile make_profile(const converter::SpikingNetwork& network,
                                const RangeResult& result);

/// The profile in the results' directory of an earlier run of `network`. Throws base::UserError
/// where there is none, or one of another network.
arch::SpikeProfile load_profile(const std::string& directory,
                                const converter::SpikingNetwork& network);

}  // namespace spikeloom::sim
