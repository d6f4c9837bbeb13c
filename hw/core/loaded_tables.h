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

/// A core's tables as far as they are in use, decoded. No entry points outside another table or the
/// crossbar.
struct LoadedTables {
  std::vector<arch::GroupEntry> groups;
  std::vector<arch::NeuronEntry> neurons;
  std::vector<std::uint16_t> gather;
  std::vector<std::int32_t> thresholds;
  std::vector<arch::Packet> routes;
  std::vector<arch::ExpansionEntry> expansion;
};

/// Decodes what `memory` holds. Entries that are wrong come out empty, and `fail` is told of each.
LoadedTables load_tables(const CoreMemory& memory, const arch::ChipDescription& chip,
                         const std::function<void(const std::string&)>& fail);

}  // namespace spikeloom::hw
