// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/hw/trace/vcd_writer.h"

namespace spikeloom::hw {

/// Writes the files that GTKWave uses with a trace: stem.gtkw, with the signals grouped by scope,
/// coloured and formatted, and a translate file with the names of the values for each signal name
/// that has them (all signals of a name share them). `shown` is the name of the trace. GTKWave
/// looks for all these files in the directory in which it is started. Throws base::UserError if
/// `directory` cannot be written to.
void write_gtkwave_save(const std::string& directory, const std::string& stem,
                        const std::string& shown,
                        const std::vector<VcdWriter::Declaration>& signals);

}  // namespace spikeloom::hw
