// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace spikeloom::base {

/// Returns a list of what a file holds, for messages: at most `most` items and then how many more
/// there are, so that the message stays readable whatever the file holds.
template <typename Items>
std::string list_text(const Items& items, std::string_view separator = ", ",
                      std::size_t most = 10) {
  std::string text;
  std::size_t count = 0;
  for (const auto& item : items) {
    if (++count > most) continue;
    text += fmt::format("{}{}", count == 1 ? "" : separator, item);
  }
  if (count > most) text += fmt::format("{}and {} more", separator, count - most);
  return text;
}

}  // namespace spikeloom::base
