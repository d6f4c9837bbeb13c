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
  std::string directory;  ///< gets stem.vcd, stem.gtkw and the translate files
  std::string stem;
  std::string shown;  ///< the trace's name as the save file has it: stem.vcd, or what it becomes
  TraceScope scope;
  std::optional<std::uint64_t> from;  ///< first tick; none: from reset on, loading included
  std::optional<std::uint64_t> to;    ///< last tick; none: to the end
  double static_watt = 0.0;           ///< the board's power between ticks: clock and leakage
  std::string comment;                ///< put into the file
};

/// The waveforms of a board (docs/waveforms.md): made before the board, which it observes; told of
/// the end of each tick.
class BoardTracer {
 public:
  /// Throws base::UserError where the files cannot be written.
  BoardTracer(const arch::ChipDescription& chip, const TraceRequest& request);

  Observers observers();
  /// `watt`: the board's mean power in the tick. Cores that are no CoreModel have no signals of
  /// their work.
  void tick_done(const TickReport& report, const std::vector<CoreIf*>& cores, double watt);
  /// The board is reset in `cycle`: signals are as at the beginning, but for the bus's.
  void reset(std::int64_t cycle);
  /// The simulation is over. Throws base::UserError where the file could not be written.
  void finish();

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
  // Its signals.
  VcdWriter::Signal bus_first_ = 0;
  VcdWriter::Signal bus_end_ = 0;
  std::vector<CoreTracer> cores_;
  VcdWriter::Signal running_ = VcdWriter::kNone;
  VcdWriter::Signal power_ = VcdWriter::kNone;
  double static_mw_;
  std::int64_t end_ps_ = 0;
};

}  // namespace spikeloom::hw
