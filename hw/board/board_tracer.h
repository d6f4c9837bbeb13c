// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/base/picosecond_clock.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/bus/bus_tracer.h"
#include "spikeloom/hw/trace/core_tracer.h"
#include "spikeloom/hw/trace/network_tracer.h"
#include "spikeloom/hw/trace/router_list.h"
#include "spikeloom/hw/trace/trace_scope.h"
#include "spikeloom/hw/trace/vcd_writer.h"

namespace spikeloom::hw {

/// What to trace, and where to write it.
struct TraceRequest {
  std::string directory;  ///< of stem.vcd, stem.gtkw and the translate files
  std::string stem;
  std::string shown;  ///< name of the trace in the save file: stem.vcd, or what it is converted to
  TraceScope scope;
  std::optional<std::uint64_t> from;  ///< first tick; if unset, from reset on, including loading
  std::optional<std::uint64_t> to;    ///< last tick; if unset, to the end
  double static_watt = 0.0;           ///< power of the board between ticks: clock and leakage
  std::string comment;                ///< comment in the trace
};

/// Writes the waveforms of a board (docs/waveforms.md). It is created before the board, which it
/// observes, and must be notified of the end of each tick.
class BoardTracer {
 public:
  /// Throws base::UserError if the files cannot be written.
  BoardTracer(const arch::ChipDescription& chip, const TraceRequest& request);

  Observers observers();
  /// Records a tick. `watt` is the mean power of the board in the tick. Only a core that is a
  /// CoreModel has signals of its work.
  void tick_done(const TickReport& report, const std::vector<CoreIf*>& cores, double watt);
  /// Records a reset in `cycle`: all signals except those of the bus return to their initial
  /// values.
  void reset(std::int64_t cycle);
  /// Ends the trace after the simulation: with the last tick that has ended, or at `ps` if that is
  /// later. Throws base::UserError if the file could not be written.
  void finish(std::int64_t ps = 0);

 private:
  using Scope = std::vector<std::string>;
  void declare(const arch::ChipDescription& chip, const TraceScope& scope);
  void declare_part(const arch::ChipDescription& chip, const TraceScope& scope, int part);

  base::PicosecondClock clock_;
  RouterList routers_;
  std::optional<std::uint64_t> from_;
  std::optional<std::uint64_t> to_;
  VcdWriter writer_;
  NetworkTracer network_;
  std::unique_ptr<BusTracer> bus_;
  // Range of the bus's signals.
  VcdWriter::Signal bus_first_ = 0;
  VcdWriter::Signal bus_end_ = 0;
  std::vector<CoreTracer> cores_;
  VcdWriter::Signal running_ = VcdWriter::kNone;
  VcdWriter::Signal power_ = VcdWriter::kNone;
  double static_mw_;
  std::int64_t end_ps_ = 0;
};

}  // namespace spikeloom::hw
