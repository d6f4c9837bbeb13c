// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::hw {

/// The routers that a tick may have changed, in blocks of successive numbers: what a tick costs
/// does not grow with the routers that it leaves alone.
class RouterBlocks {
 public:
  /// All routers are in it at first.
  explicit RouterBlocks(std::size_t routers)
      : routers_(routers), blocks_((routers + kRouters - 1) / kRouters, 1) {}

  static std::uint32_t block(std::uint32_t router) { return router / kRouters; }
  void insert(std::uint32_t router) { insert_block(block(router)); }
  void insert_block(std::uint32_t block) { blocks_[block] = 1; }
  void insert_all() { std::fill(blocks_.begin(), blocks_.end(), 1); }
  void clear() { std::fill(blocks_.begin(), blocks_.end(), 0); }
  /// Calls `visit` with the first router of each block and the one after its last, in ascending
  /// order.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i] == 0) continue;
      visit(static_cast<std::uint32_t>(i * kRouters),
            static_cast<std::uint32_t>(std::min(routers_, (i + 1) * kRouters)));
    }
  }

 private:
  static constexpr std::size_t kRouters = 64;

  std::size_t routers_;
  std::vector<std::uint8_t> blocks_;
};

}  // namespace spikeloom::hw
