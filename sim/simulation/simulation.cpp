// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/simulation.h"

#include <exception>
#include <optional>

#include <fmt/format.h>

#include "spikeloom/hw/board/event_collector.h"
#include "spikeloom/hw/faults/link_faults.h"
#include "spikeloom/hw/network/router_network.h"
#include "spikeloom/hw/sync/report_ids.h"
#include "spikeloom/sim/simulation/host.h"
#include "spikeloom/sim/simulation/recorder.h"
#include "spikeloom/sim/simulation/stack_bounds.h"
#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {
namespace {

void record_vectors(cosim::VectorRecorder& vectors, const hw::TickReport& report,
                    const hw::Board& board) {
  const hw::Fabric& fabric = board.fabric();
  const bool late = fabric.waiting(0).packets + fabric.waiting(1).packets != 0;
  vectors.tick_done({report.number, report.start_cycle, report.cycles, late}, board.cores());
}

/// Returns what is added to the number of a tick of this board to get that of a board that runs all
/// images of the data set, without the ticks before the first one.
std::int64_t first_tick_of(const Simulation& simulation, const ImageRange& range) {
  const Schedule schedule = simulation.schedule();
  return static_cast<std::int64_t>((range.first - range.preload) * schedule.ticks_per_image()) -
         static_cast<std::int64_t>(schedule.first_tick());
}

}  // namespace

RangeResult simulate(const Simulation& simulation, const ImageRange& range) {
  const std::size_t categories = layer_category(simulation.deployment.layers.size());
  std::optional<hw::BoardTracer> tracer;
  if (simulation.trace != nullptr) tracer.emplace(simulation.deployment.chip, *simulation.trace);
  std::optional<hw::PacketFaults> packet_faults;
  hw::BoardParts parts = simulation.parts;
  if (simulation.hardware_faults.any_of_packets()) {
    packet_faults.emplace(simulation.hardware_faults, first_tick_of(simulation, range));
    parts.packet_faults = &*packet_faults;
  }
  const std::vector<arch::DeadLink> broken =
      hw::broken_links(simulation.hardware_faults, simulation.deployment.chip);
  if (!broken.empty()) {
    if (parts.network) {
      throw base::UserError(
          "--rtl: routers and network in RTL know no dead links: got faults.dead_links or "
          "faults.link_dead, allowed core=... alone");
    }
    parts.network = hw::router_networks_with(broken);
  }
  hw::Board board("board", simulation.deployment.chip, simulation.timing, categories,
                  tracer ? tracer->observers() : hw::Observers{simulation.vectors}, parts);
  Recorder recorder(simulation, range, board);
  RangeResult result;
  Host host(simulation, range, board, recorder, result);
  // An exception may not cross the SystemC kernel.
  std::exception_ptr failure;
  std::vector<hw::EventCounts> core_events(board.cores().size());
  board.on_tick_done([&](const hw::TickReport& report) {
    try {
      std::vector<hw::EventCounts> events(categories);
      hw::collect_events(board, events, core_events);
      if (tracer) {
        const auto cycles = static_cast<double>(report.cycles);
        tracer->tick_done(report, board.cores(), simulation.energy->watt(events, cycles));
      }
      if (simulation.vectors != nullptr) record_vectors(*simulation.vectors, report, board);
      recorder.tick_done(report, events, core_events, parts.packet_faults);
      for (const int core : board.involved()) core_events[static_cast<std::size_t>(core)] = {};
    } catch (...) {
      if (!failure) failure = std::current_exception();
      sc_core::sc_stop();
    }
  });
  board.on_reset([&](std::int64_t cycle) {
    if (tracer) tracer->reset(cycle);
  });
  hw::HostDriver driver("host", [&](hw::HostDriver& self) { host.run(self); });
  driver.connect(board);
  // The program reports a fault by its exceptions.
  hw::silence_fault_reports();
  // Suppress SystemC's message that the simulation was stopped.
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_DO_NOTHING);
  sc_core::sc_start();
  restore_stack_bounds();
  if (tracer) tracer->finish();
  if (failure) std::rethrow_exception(failure);
  driver.rethrow_failure();
  if (!board.fault().empty()) {
    throw ChipStopped(
        fmt::format("the chip stopped, {}: {}", recorder.last_entry(), board.fault()));
  }
  recorder.finish(result);
  result.faults.dead_links = broken.size();
  return result;
}

}  // namespace spikeloom::sim
