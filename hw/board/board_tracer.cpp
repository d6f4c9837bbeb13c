// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/board/board_tracer.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/base/units.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/trace/gtkwave_save.h"

namespace spikeloom::hw {
namespace {

constexpr unsigned kTickBits = 32;
constexpr const char* kRoot = "board";

}  // namespace

BoardTracer::BoardTracer(const arch::ChipDescription& chip, const TraceRequest& request)
    : clock_(chip.clock_hz),
      routers_(list_routers(chip)),
      from_(request.from),
      to_(request.to),
      writer_(fmt::format("{}/{}.vcd", request.directory, request.stem)),
      network_(writer_, chip, routers_),
      static_mw_(base::to_milli(request.static_watt)) {
  declare(chip, request.scope);
  write_gtkwave_save(request.directory, request.stem, request.shown, writer_.declarations());
  writer_.begin(request.comment);
  writer_.set_real(power_, 0, static_mw_);
  if (!from_) writer_.open(0);
}

void BoardTracer::declare(const arch::ChipDescription& chip, const TraceScope& scope) {
  const VcdWriter::Signal number = writer_.add({kRoot}, "tick", kTickBits);
  running_ = writer_.add({kRoot}, "running", 1);
  power_ = writer_.add_real({kRoot}, "power_mw");
  network_.add_tick(number, running_);
  bus_first_ = writer_.signals();
  if (scope.bus) bus_ = std::make_unique<BusTracer>(writer_, Scope{kRoot, "bus"}, clock_);
  bus_end_ = writer_.signals();
  if (scope.host) network_.add_host({kRoot, "host"});
  for (int part = ListedRouter::kBoard; part < chip.board.chips(); ++part) {
    declare_part(chip, scope, part);
  }
}

void BoardTracer::declare_part(const arch::ChipDescription& chip, const TraceScope& scope,
                               int part) {
  Scope path = {kRoot};
  if (part != ListedRouter::kBoard) path.push_back(arch::chip_name(part));
  path.emplace_back();
  const arch::MeshDescription grid = chip.grid();
  for (const auto& [core, neurons] : scope.cores) {
    if (chip.place(core).chip != part) continue;
    path.back() = arch::local_core_name(grid.x(core), grid.y(core));
    network_.add_core(cores_.emplace_back(writer_, path, chip, core, neurons));
  }
  for (const std::uint32_t router : scope.routers) {
    if (routers_.routers[router].chip != part) continue;
    path.back() = fmt::format("router_{}", fmt::join(routers_.routers[router].coordinates, "_"));
    network_.add_router(path, router);
  }
}

Observers BoardTracer::observers() { return {&network_, bus_.get()}; }

void BoardTracer::tick_done(const TickReport& report, const std::vector<CoreIf*>& cores,
                            double watt) {
  if (writer_.closed()) return;
  const std::int64_t start_ps = clock_.picoseconds(report.start_cycle);
  if (from_ && report.number >= *from_) {
    writer_.open(start_ps);
    from_.reset();
  }
  writer_.set_real(power_, start_ps, base::to_milli(watt));
  for (CoreTracer& core : cores_) {
    const CoreModel* const model = model_of(*cores[static_cast<std::size_t>(core.core())]);
    if (model != nullptr) core.trace(*model, report.start_cycle);
  }
  end_ps_ = clock_.picoseconds(report.start_cycle + report.cycles);
  writer_.set(running_, end_ps_, 0);
  writer_.set_real(power_, end_ps_, static_mw_);
  if (to_ && report.number >= *to_) {
    writer_.close(end_ps_);
  } else {
    writer_.flush(end_ps_);
  }
}

void BoardTracer::reset(std::int64_t cycle) {
  const std::int64_t time = clock_.picoseconds(cycle);
  writer_.reset(0, bus_first_, time);
  writer_.reset(bus_end_, writer_.signals(), time);
  writer_.set_real(power_, time, static_mw_);
  end_ps_ = std::max(end_ps_, time);
}

void BoardTracer::finish(std::int64_t ps) {
  if (!writer_.closed()) writer_.close(std::min(std::max(end_ps_, ps), INT64_MAX - 1) + 1);
}

}  // namespace spikeloom::hw
