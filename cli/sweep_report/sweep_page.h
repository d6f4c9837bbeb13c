// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>

#include "cli/page/page.h"

namespace spikeloom::cli {

/// Whether `spikeloom sweep` has written into this directory.
bool has_sweep(const std::string& directory);

/// The page of the results of a sweep; `messages` are told where it is not finished. Throws
/// base::UserError.
Page sweep_page(const std::string& directory, std::ostream& messages);

}  // namespace spikeloom::cli
