// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/core/memory_bytes.h"

namespace spikeloom::hw {

/// The memory regions of a core as written by the bus. Memory that has not been written is 0, and
/// of a region only the part up to the last write is kept.
class CoreMemory {
 public:
  explicit CoreMemory(const arch::CoreDescription& description);

  // `offset` and `length`, in bytes, must lie inside the region.
  void write(arch::CoreRegion region, std::uint64_t offset, const std::uint8_t* data,
             std::uint64_t length);
  void read(arch::CoreRegion region, std::uint64_t offset, std::uint8_t* data,
            std::uint64_t length) const;
  std::uint64_t word(arch::CoreRegion region, std::uint64_t offset) const;
  /// Returns the whole region.
  const MemoryBytes& whole(arch::CoreRegion region);
  /// Returns the first `count` entries of a table.
  template <typename T>
  std::vector<T> table(arch::CoreRegion region, std::size_t count) const {
    std::vector<T> entries(count);
    if (count != 0) {
      read(region, 0, reinterpret_cast<std::uint8_t*>(entries.data()), count * sizeof(T));
    }
    return entries;
  }
  /// Shares what equal memories of other cores have shared.
  void share(MemoryPool& pool);

 private:
  MemoryBytes& bytes(arch::CoreRegion region) { return regions_[static_cast<std::size_t>(region)]; }
  const MemoryBytes& bytes(arch::CoreRegion region) const {
    return regions_[static_cast<std::size_t>(region)];
  }

  const arch::CoreDescription* description_;
  std::vector<MemoryBytes> regions_;  ///< by CoreRegion
};

}  // namespace spikeloom::hw
