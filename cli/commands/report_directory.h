// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace spikeloom::cli {

/// Writes files (name: text) into `directory` atomically: all of them or none. Creates the
/// directory if needed, replaces files of these names and keeps others. Throws base::UserError.
void write_report(const std::string& directory, const std::map<std::string, std::string>& files);

}  // namespace spikeloom::cli
