// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/core_if.h"

#include "spikeloom/arch/address_map.h"

namespace spikeloom::hw {

AccessResult check_access(const arch::CoreDescription& core, int region, std::uint64_t offset,
                          std::uint64_t length, bool write) {
  const auto number = static_cast<std::size_t>(region);
  if (region < 0 || number >= arch::kCoreRegions.size()) return AccessResult::kUnmapped;
  const arch::CoreRegionInfo& info = arch::kCoreRegions[number];
  const std::uint64_t bytes = arch::region_bytes(core, info.region);
  if (offset > bytes || length > bytes - offset) return AccessResult::kUnmapped;
  return write && !info.writable ? AccessResult::kReadOnly : AccessResult::kOk;
}

}  // namespace spikeloom::hw
