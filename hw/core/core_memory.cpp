// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/core_memory.h"

#include <algorithm>
#include <cstring>

namespace spikeloom::hw {

using arch::CoreRegion;

CoreMemory::CoreMemory(const arch::CoreDescription& description)
    : description_(&description), regions_(arch::kCoreRegions.size()) {}

const MemoryBytes& CoreMemory::whole(CoreRegion region) {
  bytes(region).extend(arch::region_bytes(*description_, region));
  return bytes(region);
}

void CoreMemory::write(CoreRegion region, std::uint64_t offset, const std::uint8_t* data,
                       std::uint64_t length) {
  MemoryBytes& memory = bytes(region);
  // A plane is needed whole, and would be extended by many writes.
  const bool plane = region == CoreRegion::kPlusPlane || region == CoreRegion::kMinusPlane;
  memory.extend(plane ? arch::region_bytes(*description_, region) : offset + length);
  if (length != 0) std::memcpy(memory.writable() + offset, data, length);
}

void CoreMemory::read(CoreRegion region, std::uint64_t offset, std::uint8_t* data,
                      std::uint64_t length) const {
  const MemoryBytes& memory = bytes(region);
  const std::uint64_t kept = std::min(length, memory.size() - std::min(offset, memory.size()));
  if (kept != 0) std::memcpy(data, memory.data() + offset, kept);
  std::memset(data + kept, 0, length - kept);
}

void CoreMemory::share(MemoryPool& pool) {
  for (MemoryBytes& memory : regions_) pool.share(memory);
}

std::uint64_t CoreMemory::word(CoreRegion region, std::uint64_t offset) const {
  std::uint64_t value = 0;
  read(region, offset, reinterpret_cast<std::uint8_t*>(&value), sizeof value);
  return value;
}

}  // namespace spikeloom::hw
