// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/inspect/inspection.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/mapper/verify/core_readback.h"

namespace spikeloom::cli {

/// The weights of a group, a string an axon in use and a character a dendrite: '+', '-', '.' for
/// none, '#' where both bits are set.
std::vector<std::string> crossbar_rows(const mapper::CoreReadback& core,
                                       const arch::GroupEntry& group);

/// The same for people: strips of 64 dendrites, numbered, equal neighbouring rows as one.
std::string crossbar_text(const std::vector<std::string>& rows, const arch::GroupEntry& group,
                          const LineLimit& limit);

}  // namespace spikeloom::cli
