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

/// The decoded tables of a core, as far as they are in use, except those of its neuron unit
/// (NeuronUnit). No entry points outside another table or the crossbar.
struct LoadedTables {
  std::vector<arch::GroupEntry> groups;
  std::vector<arch::Packet> routes;
  std::vector<arch::ExpansionEntry> expansion;
};

/// Decodes the tables in `memory`. Replaces invalid entries by empty ones, and calls `fail` for
/// each.
LoadedTables load_tables(const CoreMemory& memory, const arch::ChipDescription& chip,
                         const std::function<void(const std::string&)>& fail);

/// Returns the value of a control register that holds the number of entries in use of a table. If
/// it is greater than `maximum`, calls `fail` and returns 0.
std::size_t entries_in_use(const CoreMemory& memory, std::uint64_t reg, int maximum,
                           const char* what, const std::function<void(const std::string&)>& fail);

/// Returns whether `routes` has `count` entries from `first` on, and these are packets that can be
/// routed and can carry `levels` levels.
bool routes_are_valid(const arch::ChipDescription& chip, const std::vector<arch::Packet>& routes,
                      int first, int count, int levels);

}  // namespace spikeloom::hw
