// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/hw/core/core_memory.h"

namespace spikeloom::hw {

/// A core's tables as far as they are in use, decoded, but for those of its neuron unit
/// (NeuronUnit). No entry points outside another table or the crossbar.
struct LoadedTables {
  std::vector<arch::GroupEntry> groups;
  std::vector<arch::Packet> routes;
  std::vector<arch::ExpansionEntry> expansion;
};

/// Decodes what `memory` holds. Entries that are wrong come out empty, and `fail` is told of each.
LoadedTables load_tables(const CoreMemory& memory, const arch::ChipDescription& chip,
                         const std::function<void(const std::string&)>& fail);

/// The value of a control register that says how many entries of a table are in use. Where it is
/// more than `most`, 0, and `fail` is told.
std::size_t entries_in_use(const CoreMemory& memory, std::uint64_t reg, int maximum,
                           const char* what, const std::function<void(const std::string&)>& fail);

/// Whether `count` entries of `routes` from `first` on are there, and are packets that can be
/// routed and can carry `levels` levels.
bool routes_are_valid(const arch::ChipDescription& chip, const std::vector<arch::Packet>& routes,
                      int first, int count, int levels);

}  // namespace spikeloom::hw
