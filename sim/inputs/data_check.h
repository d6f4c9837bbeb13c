// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/sim/inputs/data_set.h"

namespace spikeloom::sim {

/// Throws base::UserError unless the images are inputs of `network` and the labels of files are its
/// classes. `network_path` names it in messages.
void check_data_set(const DataSource& source, const DataSet& data,
                    const converter::SpikingNetwork& network, const std::string& network_path);

}  // namespace spikeloom::sim
