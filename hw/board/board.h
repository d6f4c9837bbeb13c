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
#include "spikeloom/hw/sync/tick_barrier.h"

#if __cplusplus != 201703L
#error "SystemC's library serves C++17 only: compile with -std=c++17 (CMAKE_CXX_STANDARD 17)"
#endif

namespace spikeloom::hw {

/// Who was late in a tick of fixed length.
struct LateReport {
  struct Receiver {
    int core = kHost;
    std::uint64_t spikes = 0;  ///< late ones of the tick before that have arrived
    bool unfinished = false;   ///< its work went on after the tick's end
  };
  static constexpr int kHost = -1;
  std::vector<Receiver> receivers;
};

/// Who looks at a board, where somebody does.
struct Observers {
  NetworkObserver* network = nullptr;  ///< with Timing::kCycle
  BusObserver* bus = nullptr;
};

/// What a board is made of, where it is not the models (CoreModel, RouterNetwork, IdealNetwork):
/// an empty factory stands for those.
struct BoardParts {
  CoreFactory core;
  NetworkFactory network;
};

/// A board of chips, or one chip: cores, and for all of them one fabric, host port, tick barrier
/// and configuration bus. A host configures it and commits ticks through `config`, exchanges spikes
/// through `spikes`, and waits for `interrupt`.
///
/// A reset, by `reset` or by a write to the reset register, makes everything as after elaboration,
/// at once and whatever runs: memories, tables, counters, registers, faults are cleared, packets
/// dropped, a running tick ends without a report. Accounts (CoreIf::set_accounts) stay. While
/// `reset` is high no tick runs and both sockets answer TLM_GENERIC_ERROR_RESPONSE. It need not be
/// bound.
class Board : public sc_core::sc_module {
 public:
  /// Memories and registers of the board, by the address map (arch/address_map.h). TLM-2.0 base
  /// protocol, 64-bit addresses, whole words of 8 bytes; loosely timed: ConfigBus says when an
  /// access takes effect and what is refused. DMI is refused. Debug transport reads all and writes
  /// memory.
  tlm::tlm_target_socket<> config;
  /// The stream of packets from and to the host, by the registers of arch::host_port: HostPort.
  /// TLM-2.0 base protocol, whole words of 8 bytes. Neither DMI nor debug transport.
  tlm::tlm_target_socket<> spikes;
  /// High while an enabled interrupt is pending.
  sc_core::sc_out<bool> interrupt;
  /// Active high.
  sc_core::sc_in<bool> reset;

  /// `accounts` is the number of accounts that events are told apart by (CoreIf::set_accounts);
  /// the host's packets go to account 0.
  Board(const sc_core::sc_module_name& name, const arch::ChipDescription& description,
        Timing timing, std::size_t categories, const Observers& observers = {},
        const BoardParts& parts = {});

  const char* kind() const override { return "spikeloom::Board"; }

  /// Called at the end of each tick, when the models still hold its activity.
  void on_tick_done(std::function<void(const TickReport&)> callback);
  /// Called after each reset, with the first cycle that does not begin before it.
  void on_reset(std::function<void(std::int64_t cycle)> callback);

  const arch::ChipDescription& description() const { return description_; }
  /// By number on the board.
  const std::vector<CoreIf*>& cores() const { return cores_; }
  /// What no interface has is in the model, if there is one: model_of(board.core(number)).
  CoreIf& core(int number) const { return *cores_[static_cast<std::size_t>(number)]; }
  const Fabric& fabric() const { return fabric_; }
  const ConfigBus& bus() const { return bus_; }
  /// What went wrong first since reset, or empty. Also reported, once: report_ids.h.
  const std::string& fault() const { return fault_; }
  /// Of the tick just done.
  const LateReport& late() const { return late_; }

 private:
  void before_end_of_elaboration() override;
  void follow_reset();
  void reset_all();
  std::string finish_tick(const TickReport& report);
  /// Keeps and reports the first fault; an empty one is none.
  void record(const char* id, const std::string& fault);
  /// Fills in late_. Returns a fault where it is none that sync.late_spikes deals with.
  std::string check_length(const TickReport& report);

  arch::ChipDescription description_;
  ConfigBus bus_;
  TickBarrier barrier_;
  Fabric fabric_;
  HostPort host_port_;
  sc_core::sc_vector<Chip> chips_;
  std::vector<CoreIf*> cores_;
  sc_core::sc_signal<bool> never_reset_;  ///< for a port that nobody has bound
  std::function<void(const TickReport&)> tick_done_;
  std::function<void(std::int64_t)> reset_done_;
  std::string fault_;
  LateReport late_;
};

}  // namespace spikeloom::hw
