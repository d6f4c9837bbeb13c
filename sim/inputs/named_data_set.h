// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/sim/inputs/data_set.h"

namespace spikeloom::sim {

/// Finds and reads a data set by its name ("mnist", "fashion-mnist", "cifar-10", "cifar-100").
/// Searches $SPIKELOOM_DATA, the directory of scripts/get-data, shared/datasets next to the
/// checkout that contains `run_path`, and the directory of Debian's packages, in this order. Throws
/// base::UserError for an unknown name, for damaged files, and for a data set that is not found:
/// then with the directories searched and how to get it.
DataSet load_named_data_set(const DataSource& source, const std::string& run_path);

}  // namespace spikeloom::sim
