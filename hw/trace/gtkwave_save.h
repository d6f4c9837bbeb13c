// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "hw/trace/vcd_writer.h"

namespace spikeloom::hw {

/// Writes what GTKWave shows when it opens a trace: stem.gtkw, with the signals grouped by scope,
/// coloured and formatted, and the files by which it turns values of states, bus commands and
/// responses into names. `shown` is the trace's name; GTKWave looks for all of them where it is
/// started. Throws common::UserError where `directory` cannot be written to.
void write_gtkwave_save(const std::string& directory, const std::string& stem,
                        const std::string& shown,
                        const std::vector<VcdWriter::Declaration>& signals);

}  // namespace spikeloom::hw
