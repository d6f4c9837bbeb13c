// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/inspection.h"

#include <fmt/format.h>

namespace spikeloom::cli {

std::string LineLimit::rest(std::size_t count, const std::string& what) const {
  if (shown(count) == count) return "";
  return fmt::format("... and {} more {} (--limit 0 shows all)\n", count - shown(count), what);
}

}  // namespace spikeloom::cli
