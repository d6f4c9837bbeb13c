// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "spikeloom/hw/board/board.h"
#include "testbenches/rtl/chip/cycle_source.h"
#include "testbenches/rtl/chip/model_view.h"
#include "testbenches/rtl/chip/rtl_board.h"

namespace spikeloom::rtl {

/// The first difference between model and RTL.
struct Mismatch {
  std::int64_t cycle = 0;
  std::string signal;
  std::string model;
  std::string rtl;

  std::string text() const;
};

/// What has been compared.
struct Compared {
  std::uint64_t cycles = 0;
  std::uint64_t tick_cycles = 0;  ///< of them, with a tick running
  std::uint64_t ticks = 0;
  std::uint64_t departures = 0;
  std::uint64_t outputs = 0;  ///< packets that the host has read
  std::uint64_t late = 0;
  std::uint64_t accesses = 0;
  std::uint64_t refused = 0;
};

/// Gives each transaction of one initiator to a model of a board and to its RTL at the same time,
/// and compares the answers and the cycle in which they come. Compares in each cycle what both
/// show: the tick, interrupt, fault, which cores work, which packets leave which routers; and the
/// late packets of each tick. The first difference ends the simulation.
///
/// An access waits until the RTL has cleared its memories after a reset, which takes the model no
/// time.
class Lockstep : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Lockstep> config;
  tlm_utils::simple_target_socket<Lockstep> spikes;

  /// Binds both boards and drives their clock. The model's interrupt is bound elsewhere.
  Lockstep(const sc_core::sc_module_name& name, hw::Board& model, ModelView& view, RtlBoard& rtl,
           const sc_core::sc_in<bool>& model_interrupt);

  const std::optional<Mismatch>& mismatch() const { return mismatch_; }
  const Compared& compared() const { return compared_; }
  std::int64_t cycle() const { return source_.cycle(); }
  /// Drives the reset port of both boards for some cycles, from the start of a cycle on.
  void pulse_reset(int cycles);
  /// Waits until a cycle begins, and what happens then has happened.
  void wait_cycles(int cycles);

 private:
  using Initiator = tlm_utils::simple_initiator_socket<Lockstep>;
  enum class Which { kConfig, kSpikes };

  void config_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void spikes_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned config_debug(tlm::tlm_generic_payload& payload);
  void transport(Which which, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void drive_rtl();
  void compare_cycle();
  void compare_late();
  template <class Value>
  void compare(const std::string& signal, const Value& model, const Value& rtl);
  void fail(const std::string& signal, const std::string& model, const std::string& rtl);
  /// Whether model and RTL need not agree about a word that is read while ticks run.
  bool is_undefined(Which which, const tlm::tlm_generic_payload& payload) const;

  hw::Board& model_;
  ModelView& view_;
  RtlBoard& rtl_;
  const sc_core::sc_in<bool>& model_interrupt_;
  CycleSource source_;
  sc_core::sc_signal<bool> clock_;
  sc_core::sc_signal<bool> reset_;
  Initiator model_config_;
  Initiator model_spikes_;
  Initiator rtl_config_;
  Initiator rtl_spikes_;

  // The access that the RTL works on.
  Which which_ = Which::kConfig;
  tlm::tlm_generic_payload* rtl_payload_ = nullptr;
  sc_core::sc_time rtl_delay_;
  sc_core::sc_time rtl_end_;
  sc_core::sc_event rtl_begin_;
  sc_core::sc_event rtl_done_;

  LateCounts late_;  ///< that the RTL has reported in this tick
  std::optional<Mismatch> mismatch_;
  Compared compared_;
};

}  // namespace spikeloom::rtl
