// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace spikeloom::test {

using Port = std::pair<std::uint32_t, unsigned>;  ///< (router, port)

/// Returns whether the FIFOs can be numbered such that each one sends only to FIFOs with higher
/// numbers.
inline bool acyclic(const std::set<std::pair<Port, Port>>& waits) {
  std::map<Port, int> before;
  std::map<Port, std::vector<Port>> after;
  for (const auto& [from, to] : waits) {
    before.emplace(from, 0);
    ++before[to];
    after[from].push_back(to);
  }
  std::vector<Port> free;
  for (const auto& [port, count] : before) {
    if (count == 0) free.push_back(port);
  }
  std::size_t numbered = 0;
  while (!free.empty()) {
    const Port port = free.back();
    free.pop_back();
    ++numbered;
    for (const Port& next : after[port]) {
      if (--before[next] == 0) free.push_back(next);
    }
  }
  return numbered == before.size();
}

}  // namespace spikeloom::test
