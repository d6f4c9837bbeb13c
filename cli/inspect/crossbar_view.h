// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/inspect/inspection.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/mapper/verify/core_readback.h"

namespace spikeloom::cli {

/// Returns the weights of a group, one string per used axon and one character per dendrite: '+',
/// '-', '.' for zero, '#' if both bits are set.
std::vector<std::string> crossbar_rows(const mapper::CoreReadback& core,
                                       const arch::GroupEntry& group);

/// Formats these rows in numbered strips of 64 dendrites; equal adjacent rows are merged.
std::string crossbar_text(const std::vector<std::string>& rows, const arch::GroupEntry& group,
                          const LineLimit& limit);

}  // namespace spikeloom::cli
