// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <fmt/format.h>

#include "spikeloom/base/error.h"

namespace spikeloom::converter {

/// Throws UserError that names file, node, what was found and what is accepted.
[[noreturn]] inline void refuse(const std::string& file, const std::string& label,
                                const std::string& found, const std::string& accepted) {
  throw base::UserError(fmt::format("{}: {}: {}; accepted: {}", file, label, found, accepted));
}

}  // namespace spikeloom::converter
