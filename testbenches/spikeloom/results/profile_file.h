// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/spike_profile.h"
#include "converter/spiking_network.h"
#include "testbenches/spikeloom/simulation/share_result.h"

namespace spikeloom::program {

/// Its name in the directory of a run's results.
inline constexpr const char* kProfileFile = "spikes.profile";

/// How often each neuron spiked in a run.
common::SpikeProfile make_profile(const converter::SpikingNetwork& network,
                                  const ShareResult& result);

/// The profile in the results' directory of an earlier run of `network`. Throws common::UserError
/// where there is none, or one of another network.
common::SpikeProfile load_profile(const std::string& directory,
                                  const converter::SpikingNetwork& network);

}  // namespace spikeloom::program
