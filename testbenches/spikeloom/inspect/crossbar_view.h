// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/core_tables.h"
#include "mapper/core_readback.h"
#include "testbenches/spikeloom/inspect/inspection.h"

namespace spikeloom::program {

/// The weights of a group, a string an axon in use and a character a dendrite: '+', '-', '.' for
/// none, '#' where both bits are set.
std::vector<std::string> crossbar_rows(const mapper::CoreReadback& core,
                                       const common::GroupEntry& group);

/// The same for people: strips of 64 dendrites, numbered, equal neighbouring rows as one.
std::string crossbar_text(const std::vector<std::string>& rows, const common::GroupEntry& group,
                          const LineLimit& limit);

}  // namespace spikeloom::program
