// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/payload.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace spikeloom::arch {

bool Payload::operator==(const Payload& o) const {
  return bytes_ == o.bytes_ || std::equal(begin(), end(), o.begin(), o.end());
}

Payload PayloadPool::make(const std::uint8_t* bytes, std::size_t count) {
  const std::size_t hash =
      std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes), count});
  const auto [first, last] = by_hash_.equal_range(hash);
  const auto same = std::find_if(first, last, [&](const auto& entry) {
    return std::equal(bytes, bytes + count, entry.second.begin(), entry.second.end());
  });
  if (same != last) return same->second;
  return by_hash_.emplace(hash, std::vector<std::uint8_t>(bytes, bytes + count))->second;
}

}  // namespace spikeloom::arch
