// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <systemc>
#include <tlm>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/board/chip.h"
#include "spikeloom/hw/board/fabric.h"
#include "spikeloom/hw/board/host_port.h"
#include "spikeloom/hw/bus/bus_observer.h"
#include "spikeloom/hw/bus/config_bus.h"
#include "spikeloom/hw/core/core_if.h"
#include "spikeloom/hw/faults/packet_faults.h"
#include "spikeloom/hw/sync/tick_barrier.h"

#if __cplusplus != 201703L
#error "SystemC's library serves C++17 only: compile with -std=c++17 (CMAKE_CXX_STANDARD 17)"
#endif

namespace spikeloom::hw {

/// What was late in a tick of fixed length.
struct LateReport {
  struct Receiver {
    int core = kHost;
    std::uint64_t spikes = 0;  ///< late spikes that arrived in this tick
    bool unfinished = false;   ///< its work continued after the end of the tick
  };
  static constexpr int kHost = -1;
  std::vector<Receiver> receivers;
};

/// Observers of a board; a null pointer means none.
struct Observers {
  NetworkObserver* network = nullptr;  ///< for Timing::kCycle only
  BusObserver* bus = nullptr;
};

/// Factories of a board's parts, and what happens to packets. An empty factory stands for the
/// built-in models: CoreModel, and RouterNetwork or IdealNetwork.
struct BoardParts {
  CoreFactory core;
  NetworkFactory network;
  PacketFaults* packet_faults = nullptr;  ///< null: no packet is lost or corrupted
};

/// A board of one or more chips: their cores, and one fabric, host port, tick barrier and
/// configuration bus for all of them. A host configures the board and commits ticks through
/// `config`, exchanges spikes through `spikes`, and waits for `interrupt`.
///
/// A reset, by `reset` or by a write to the reset register, immediately returns the board to its
/// state after elaboration, whatever it is doing: memories, tables, counters, registers and faults
/// are cleared, packets are dropped, and a running tick ends without a report. Stat categories
/// (CoreIf::set_categories) are kept. While `reset` is high, no tick runs and both sockets respond
/// with TLM_GENERIC_ERROR_RESPONSE. `reset` need not be bound.
class Board : public sc_core::sc_module {
 public:
  /// Memories and registers of the board, by the address map (arch/address_map.h). TLM-2.0 base
  /// protocol with 64-bit addresses and whole words of 8 bytes. Loosely timed: ConfigBus defines
  /// when an access takes effect and which accesses are refused. DMI is refused. Debug transport
  /// reads everything and writes memory.
  tlm::tlm_target_socket<> config;
  /// Packets from and to the host, by the registers of arch::host_port (see HostPort). TLM-2.0 base
  /// protocol with whole words of 8 bytes, without DMI and debug transport.
  tlm::tlm_target_socket<> spikes;
  /// High while an enabled interrupt is pending.
  sc_core::sc_out<bool> interrupt;
  /// Active high.
  sc_core::sc_in<bool> reset;

  /// `categories` is the number of stat categories of events (CoreIf::set_categories). The host's
  /// packets belong to category 0.
  Board(const sc_core::sc_module_name& name, const arch::ChipDescription& description,
        Timing timing, std::size_t categories, const Observers& observers = {},
        const BoardParts& parts = {});

  const char* kind() const override { return "spikeloom::Board"; }

  /// Sets the function that is called at the end of each tick, while the models still hold its
  /// activity.
  void on_tick_done(std::function<void(const TickReport&)> callback);
  /// Sets the function that is called after each reset, with the first cycle that does not begin
  /// before the reset.
  void on_reset(std::function<void(std::int64_t cycle)> callback);

  const arch::ChipDescription& description() const { return description_; }
  /// Returns the cores by number on the board.
  const std::vector<CoreIf*>& cores() const { return cores_; }
  /// Returns a core. model_of(board.core(number)) gives access to the parts of a CoreModel that
  /// CoreIf does not have.
  CoreIf& core(int number) const { return *cores_[static_cast<std::size_t>(number)]; }
  /// Returns the cores that took part in the last tick or received a packet in it, in ascending
  /// order. The others have no events, and no fault that is new.
  const std::vector<int>& involved() const { return involved_; }
  const Fabric& fabric() const { return fabric_; }
  const ConfigBus& bus() const { return bus_; }
  /// Returns the first fault since the last reset, or an empty string. It is also reported once
  /// (report_ids.h).
  const std::string& fault() const { return fault_; }
  /// Returns what was late in the last tick.
  const LateReport& late() const { return late_; }

 private:
  void before_end_of_elaboration() override;
  void follow_reset();
  void reset_all();
  std::string finish_tick(const TickReport& report);
  /// Keeps and reports `fault` if it is the first one. An empty string is no fault.
  void record(const char* id, const std::string& fault);
  /// Fills in late_. Returns a fault, or an empty string if sync.late_spikes permits what is late.
  std::string check_length(const TickReport& report);

  arch::ChipDescription description_;
  ConfigBus bus_;
  TickBarrier barrier_;
  Fabric fabric_;
  HostPort host_port_;
  sc_core::sc_vector<Chip> chips_;
  std::vector<CoreIf*> cores_;
  std::vector<int> involved_;
  sc_core::sc_signal<bool> never_reset_;  ///< bound to `reset` if nothing else is
  std::function<void(const TickReport&)> tick_done_;
  std::function<void(std::int64_t)> reset_done_;
  std::string fault_;
  LateReport late_;
};

}  // namespace spikeloom::hw
