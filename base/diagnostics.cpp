// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/diagnostics.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace spikeloom::base {

void Diagnostics::add(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (std::find(lines_.begin(), lines_.end(), line) == lines_.end()) lines_.push_back(line);
  }
}

void Diagnostics::finish() const {
  if (!lines_.empty()) throw UserError(fmt::format("{}", fmt::join(lines_, "\n")));
}

}  // namespace spikeloom::base
