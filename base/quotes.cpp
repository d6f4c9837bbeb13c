// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/quotes.h"

namespace spikeloom::base {

std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char character : text) {
    if (character == quote) result += quote;
    result += character;
  }
  return result + quote;
}

}  // namespace spikeloom::base
