// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/loaded_tables.h"

#include <fmt/format.h>

#include "spikeloom/base/index.h"

namespace spikeloom::hw {
namespace {

using arch::CoreRegion;

using base::to_size;

std::vector<arch::GroupEntry> load_groups(const CoreMemory& memory,
                                          const arch::ChipDescription& chip,
                                          const std::function<void(const std::string&)>& fail) {
  const std::size_t count =
      entries_in_use(memory, arch::core_control::kGroups, chip.core.fan_in_groups, "groups", fail);
  std::vector<arch::GroupEntry> groups;
  for (const std::uint64_t entry : memory.table<std::uint64_t>(CoreRegion::kGroups, count)) {
    arch::GroupEntry group = arch::GroupEntry::decode(entry);
    if (group.first_dendrite + group.dendrites > chip.core.ternary_dendrites() ||
        group.axons > chip.core.axons) {
      fail(fmt::format("group {} lies outside the crossbar", groups.size()));
      group = {};
    }
    groups.push_back(group);
  }
  return groups;
}

bool has_receiver(const arch::ChipDescription& chip, arch::Packet route) {
  switch (route.kind()) {
    case arch::PacketKind::kCore:
      return chip.can_deliver_to(route.region(), false);
    case arch::PacketKind::kHost:
      return true;
  }
  return false;
}

}  // namespace

std::size_t entries_in_use(const CoreMemory& memory, std::uint64_t reg, int maximum,
                           const char* what, const std::function<void(const std::string&)>& fail) {
  const std::uint64_t value = memory.word(CoreRegion::kControl, reg);
  if (value <= to_size(maximum)) return value;
  fail(fmt::format("the control register sets {} {}; the core has {}", value, what, maximum));
  return 0;
}

bool routes_are_valid(const arch::ChipDescription& chip, const std::vector<arch::Packet>& routes,
                      int first, int count, int levels) {
  if (to_size(first + count) > routes.size()) return false;
  for (int r = 0; r < count; ++r) {
    const arch::Packet route = routes[to_size(first + r)];
    if (!route.holds_levels(levels) || !has_receiver(chip, route)) return false;
  }
  return true;
}

LoadedTables load_tables(const CoreMemory& memory, const arch::ChipDescription& chip,
                         const std::function<void(const std::string&)>& fail) {
  LoadedTables tables;
  tables.groups = load_groups(memory, chip, fail);
  for (const std::uint64_t entry :
       memory.table<std::uint64_t>(CoreRegion::kRoutes, to_size(chip.core.route_entries))) {
    tables.routes.emplace_back(entry);
  }
  for (const std::uint32_t entry :
       memory.table<std::uint32_t>(CoreRegion::kExpansion, to_size(chip.core.expansion.entries))) {
    tables.expansion.push_back(arch::ExpansionEntry::decode(entry));
  }
  return tables;
}

}  // namespace spikeloom::hw
