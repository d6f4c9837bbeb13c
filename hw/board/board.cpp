// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/board/board.h"

#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/sync/cycle_clock.h"
#include "spikeloom/hw/sync/has_process.h"
#include "spikeloom/hw/sync/report_ids.h"

namespace spikeloom::hw {
namespace {

CoreFactory core_models() {
  return [pool = std::make_shared<MemoryPool>()](const arch::ChipDescription& chip, int number) {
    return std::make_unique<CoreModel>(chip, number, pool);
  };
}

}  // namespace

Board::Board(const sc_core::sc_module_name& name, const arch::ChipDescription& description,
             Timing timing, std::size_t categories, const Observers& observers,
             const BoardParts& parts)
    : sc_module(name),
      config("config"),
      spikes("spikes"),
      interrupt("interrupt"),
      reset("reset"),
      description_(description),
      bus_("bus", description_, observers.bus),
      barrier_("barrier", description_, timing),
      fabric_("fabric", description_, timing, categories, observers.network, parts.network,
              parts.packet_faults),
      host_port_("host_port", description_),
      chips_("chips"),
      never_reset_("never_reset") {
  const CoreFactory make_core = parts.core ? parts.core : core_models();
  chips_.init(static_cast<std::size_t>(description_.board.chips()),
              [&](const char*, std::size_t number) {
                const int chip = static_cast<int>(number);
                return new Chip(arch::chip_name(chip).c_str(), description_, chip, make_core);
              });
  for (Chip& chip : chips_) chip.tick(barrier_);
  config.bind(bus_.host);
  bus_.board.bind(barrier_.registers);
  spikes.bind(host_port_.stream);
  barrier_.interrupt(interrupt);
  fabric_.tick(barrier_);
  host_port_.tick(barrier_);
  host_port_.fabric(fabric_);
  for (int i = 0; i < description_.grid().cores(); ++i) {
    const arch::CoreLocation place = description_.place(i);
    Core& core = chips_[static_cast<std::size_t>(place.chip)].core(place.unit);
    bus_.cores[static_cast<std::size_t>(i)].bind(core.registers);
    core.tick(barrier_);
    core.fabric(fabric_);
    cores_.push_back(&core.core());
  }
  fabric_.connect(cores_);
  barrier_.on_tick_done([this](const TickReport& report) { return finish_tick(report); });
  barrier_.on_reset([this] { reset_all(); });
  SPIKELOOM_HAS_PROCESS(Board);
  SC_METHOD(follow_reset);
  sensitive << reset;
}

void Board::before_end_of_elaboration() {
  if (reset.bind_count() == 0) reset.bind(never_reset_);
}

void Board::follow_reset() {
  const bool held = reset.read();
  bus_.hold(held);
  host_port_.hold(held);
  // Also at the end of a reset: an access that was under way may have left state behind.
  if (held || reset.event()) reset_all();
}

void Board::reset_all() {
  // Objects that hold pointers into others are reset first.
  barrier_.reset();
  fabric_.reset();
  host_port_.reset();
  for (CoreIf* core : cores_) core->reset();
  for (Chip& chip : chips_) chip.wake_all();
  bus_.reset();
  involved_.clear();
  fault_.clear();
  late_ = {};
  if (!reset_done_) return;
  reset_done_(CycleClock(description_.clock_hz).cycle(sc_core::sc_time_stamp()));
}

void Board::on_reset(std::function<void(std::int64_t cycle)> callback) {
  reset_done_ = std::move(callback);
}

void Board::on_tick_done(std::function<void(const TickReport&)> callback) {
  tick_done_ = std::move(callback);
}

std::string Board::finish_tick(const TickReport& report) {
  host_port_.store_outputs(fabric_.outputs());
  record(report_id::kNetwork, fabric_.fault());
  fabric_.take_involved(involved_);
  for (const int number : involved_) record(report_id::kCore, core(number).fault());
  if (barrier_.length() != 0) record(report_id::kTick, check_length(report));
  if (!barrier_.ends_in_time(report)) {
    record(
        report_id::kTime,
        fmt::format(
            "tick {} ({} cycles) would end after {:.7g} s, the longest time that can be simulated",
            report.number, report.cycles, barrier_.latest_end().to_seconds()));
  }
  if (tick_done_) tick_done_(report);
  return fault_;
}

void Board::record(const char* id, const std::string& fault) {
  if (fault.empty() || !fault_.empty()) return;
  fault_ = fault;
  SC_REPORT_WARNING(id, fault_.c_str());
}

std::string Board::check_length(const TickReport& report) {
  const std::int64_t length = barrier_.length();
  const bool fail = arch::stops_chip(description_.sync.late_spikes);
  const auto parity = static_cast<int>(report.number & 1);
  late_.receivers.clear();
  std::string fault;
  const auto set = [&](const std::string& what) {
    if (fault.empty()) fault = fmt::format("tick {} ({} cycles): {}", report.number, length, what);
  };
  for (std::size_t i = 0; i < cores_.size(); ++i) {
    const CoreIf& core = *cores_[i];
    if (!core.enabled()) continue;
    const bool unfinished = core.busy_cycles() > length;
    if (unfinished || core.late_spikes() != 0) {
      late_.receivers.push_back({static_cast<int>(i), core.late_spikes(), unfinished});
    }
    if (unfinished && fail) {
      set(fmt::format("{} has not finished; it needs {} cycles (sync.late_spikes: fail)",
                      arch::core_name(description_, static_cast<int>(i)), core.busy_cycles()));
    } else if (core.integrate_cycles() > length) {
      set(fmt::format(
          "{} integrates until cycle {} of the tick, so both its axon buffers are in use",
          arch::core_name(description_, static_cast<int>(i)), core.integrate_cycles()));
    }
  }
  if (fabric_.late_outputs() != 0) {
    late_.receivers.push_back({LateReport::kHost, fabric_.late_outputs(), false});
  }
  const auto left = [this](const Waiting& waiting, const char* since) {
    const arch::Region region = waiting.first.region();
    const bool to_host = waiting.first.addresses_host();
    return fmt::format(
        "packets left in the network{}: {}, one of them for {}", since, waiting.packets,
        to_host ? "the host"
                : arch::core_name(description_, description_.grid().core_at(region.x0, region.y0)));
  };
  if (const Waiting waiting = fabric_.waiting(parity); fail && waiting.packets != 0) {
    set(left(waiting, "") + " (sync.late_spikes: fail)");
  }
  // In the next tick, their parity could not distinguish them from the packets of that tick.
  if (const Waiting waiting = fabric_.waiting(1 - parity); waiting.packets != 0) {
    set(left(waiting, " since the previous tick"));
  }
  return fault;
}

}  // namespace spikeloom::hw
