// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/chip_description.h"
#include "common/core_tables.h"
#include "common/packet.h"
#include "hw/core/core_memory.h"

namespace spikeloom::hw {

/// A core's tables as far as they are in use, decoded. No entry points outside another table or the
/// crossbar.
struct LoadedTables {
  std::vector<common::GroupEntry> groups;
  std::vector<common::NeuronEntry> neurons;
  std::vector<std::uint16_t> gather;
  std::vector<std::int32_t> thresholds;
  std::vector<common::Packet> routes;
  std::vector<common::ExpansionEntry> expansion;
};

/// Decodes what `memory` holds. Entries that are wrong come out empty, and `fail` is told of each.
LoadedTables load_tables(const CoreMemory& memory, const common::ChipDescription& chip,
                         const std::function<void(const std::string&)>& fail);

}  // namespace spikeloom::hw
