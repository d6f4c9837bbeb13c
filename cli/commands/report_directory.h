// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace spikeloom::cli {

/// Writes files (name: text) into `directory`, made where it is not there: all of them, or none.
/// Files of these names are replaced, others stay. Throws base::UserError.
void write_report(const std::string& directory, const std::map<std::string, std::string>& files);

}  // namespace spikeloom::cli
