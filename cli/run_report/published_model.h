// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

namespace spikeloom::cli {

/// What is published of the network and data set of a run's summary, by
/// configs/validation/zou2021.yaml as it was when the program was built: null where nothing is.
/// Times in milliseconds, energies in millijoule; `scaled` is the run's at the published number of
/// spikes.
nlohmann::ordered_json published_model(const nlohmann::ordered_json& summary);

}  // namespace spikeloom::cli
