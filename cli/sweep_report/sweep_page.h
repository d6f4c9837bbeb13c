// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>

#include "cli/page/page.h"

namespace spikeloom::cli {

/// Whether a directory contains results of `spikeloom sweep`.
bool has_sweep(const std::string& directory);

/// Returns the page of the results of a sweep; writes a note to `messages` if the sweep is not
/// finished. Throws base::UserError.
Page sweep_page(const std::string& directory, std::ostream& messages);

}  // namespace spikeloom::cli
