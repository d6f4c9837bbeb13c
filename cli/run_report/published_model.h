// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

namespace spikeloom::cli {

/// Returns the published figures for the network and data set of a run's summary, from
/// configs/validation/zou2021.yaml as embedded in the program; null if there are none. Times are in
/// milliseconds, energies in millijoules.
nlohmann::ordered_json published_model(const nlohmann::ordered_json& summary);

}  // namespace spikeloom::cli
