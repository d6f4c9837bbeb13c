// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/core_memory.h"

#include <cstring>

namespace spikeloom::hw {

using arch::CoreRegion;

CoreMemory::CoreMemory(const arch::CoreDescription& description)
    : description_(&description), regions_(arch::kCoreRegions.size()) {}

MemoryBytes& CoreMemory::allocated(CoreRegion region) {
  MemoryBytes& bytes = regions_[static_cast<std::size_t>(region)];
  if (bytes.size() == 0) bytes = MemoryBytes(arch::region_bytes(*description_, region));
  return bytes;
}

const MemoryBytes& CoreMemory::bytes(CoreRegion region) { return allocated(region); }

void CoreMemory::write(CoreRegion region, std::uint64_t offset, const std::uint8_t* data,
                       std::uint64_t length) {
  std::memcpy(allocated(region).writable() + offset, data, length);
}

void CoreMemory::read(CoreRegion region, std::uint64_t offset, std::uint8_t* data,
                      std::uint64_t length) const {
  const MemoryBytes& bytes = regions_[static_cast<std::size_t>(region)];
  if (bytes.size() == 0) {
    std::memset(data, 0, length);
  } else {
    std::memcpy(data, bytes.data() + offset, length);
  }
}

void CoreMemory::share(MemoryPool& pool) {
  for (MemoryBytes& bytes : regions_) pool.share(bytes);
}

std::uint64_t CoreMemory::word(CoreRegion region, std::uint64_t offset) const {
  std::uint64_t value = 0;
  read(region, offset, reinterpret_cast<std::uint8_t*>(&value), sizeof value);
  return value;
}

}  // namespace spikeloom::hw
