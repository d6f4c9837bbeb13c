// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/board/board_tracer.h"
#include "testbenches/rtl/chip/rtl_board.h"

namespace spikeloom::rtl {

/// The waveforms of a model and of its RTL, and a GTKWave save file that shows one over the other.
class Waveforms {
 public:
  /// Makes `directory`. Throws base::UserError if it cannot be written to.
  Waveforms(const arch::ChipDescription& chip, const std::string& directory);

  hw::BoardTracer& model() { return *tracer_; }
  /// Begins the trace of the RTL. The simulation must have started.
  void begin(RtlBoard& rtl) { rtl.trace(path("rtl.vcd")); }
  /// Ends both traces and merges them into DIRECTORY/lockstep.vcd, with lockstep.gtkw.
  void finish(RtlBoard& rtl, std::int64_t mismatch_ps);

 private:
  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  const arch::ChipDescription& chip_;
  std::string directory_;
  std::unique_ptr<hw::BoardTracer> tracer_;
};

}  // namespace spikeloom::rtl
