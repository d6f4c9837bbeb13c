// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/hw/trace/vcd_writer.h"

namespace spikeloom::hw {

/// Writes what GTKWave shows when it opens a trace: stem.gtkw, with the signals grouped by scope,
/// coloured and formatted, and for each name of a signal whose values have names (the same for all
/// of that name) the file by which it shows them. `shown` is the trace's name; GTKWave looks for
/// all of them where it is started. Throws base::UserError where `directory` cannot be written
/// to.
void write_gtkwave_save(const std::string& directory, const std::string& stem,
                        const std::string& shown,
                        const std::vector<VcdWriter::Declaration>& signals);

}  // namespace spikeloom::hw
