// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace spikeloom::sim {

/// Folders in which scripts/get-data and scripts/get-network store what they download, in the order
/// of search: $SPIKELOOM_DATA, and the user's own.
std::vector<std::filesystem::path> data_folders();

/// The folder `shared` beside the checkout that contains a run file.
std::filesystem::path shared_folder(const std::string& run_path);

}  // namespace spikeloom::sim
