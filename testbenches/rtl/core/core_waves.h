// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/base/picosecond_clock.h"
#include "spikeloom/cosim/verilated_library.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/trace/core_tracer.h"
#include "spikeloom/hw/trace/vcd_writer.h"

namespace spikeloom::rtl {

/// Waveforms of a core in lockstep, as three files in a directory: STEM.vcd has each pin as the
/// model gives it and as the RTL does, and the work of the model; STEM.gtkw shows these pins one
/// over the other in GTKWave; STEM-rtl.vcd has all signals of the RTL at the same times.
class CoreWaves {
 public:
  /// Throws base::UserError if the files cannot be written.
  CoreWaves(const arch::ChipDescription& chip, std::string directory, std::string stem);

  /// Begins to trace an instance whose library has waves.
  void open(cosim::VerilatedModule& module);
  /// Shows what model and RTL say of a pin in `cycle`, if it is one of those that are shown.
  void show(std::string_view pin, std::int64_t cycle, std::uint64_t model, std::uint64_t rtl);
  /// Shows the work of a tick.
  void show_tick(const hw::CoreModel& model, std::int64_t start_cycle);
  /// Shows the signals of the RTL in the first or the second half of a cycle.
  void show_rtl(cosim::VerilatedModule& module, std::int64_t cycle, int half);
  void close(cosim::VerilatedModule& module, std::int64_t end_cycle);

 private:
  struct Pair {
    std::string_view pin;
    hw::VcdWriter::Signal model;
    hw::VcdWriter::Signal rtl;
  };

  base::PicosecondClock clock_;
  std::string directory_;
  std::string stem_;
  hw::VcdWriter writer_;
  std::vector<Pair> pairs_;
  hw::CoreTracer tracer_;
};

}  // namespace spikeloom::rtl
