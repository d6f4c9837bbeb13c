// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/sync/cycle_clock.h"
#include "spikeloom/hw/sync/tick_if.h"

namespace spikeloom::hw {

/// The two ways to simulate a chip. The results are the same, bit for bit; kFunctional does not
/// compute when things happen.
enum class Timing { kCycle, kFunctional };
constexpr std::string_view name(Timing value) {
  switch (value) {
    case Timing::kCycle:
      return "cycle";
    case Timing::kFunctional:
      return "functional";
  }
  return {};
}

/// Whether the timing computes when things happen.
constexpr bool has_cycles(Timing value) {
  switch (value) {
    case Timing::kCycle:
      return true;
    case Timing::kFunctional:
      return false;
  }
  return false;
}

/// A finished tick. Cycles are zero with Timing::kFunctional.
struct TickReport {
  std::uint64_t number = 0;
  std::int64_t start_cycle = 0;
  std::int64_t cycles = 0;  ///< from its start to the earliest start of the next tick
};

/// Starts the ticks that the host has committed. Ends each tick when every core is done and the
/// network is empty, or after a fixed length. Holds the registers of the chip itself and drives its
/// interrupt.
class TickBarrier : public sc_core::sc_module, public TickIf {
 public:
  /// Accesses from the bus, which has checked them. Their addresses have only region and offset.
  tlm_utils::simple_target_socket<TickBarrier> registers;
  sc_core::sc_out<bool> interrupt;

  TickBarrier(const sc_core::sc_module_name& name, const arch::ChipDescription& chip,
              Timing timing);

  const char* kind() const override { return "spikeloom::TickBarrier"; }

  /// Returns the latest time at which a tick may end. A tick that would end later ends immediately
  /// when its cycles are known.
  sc_core::sc_time latest_end() const { return clock_.time(clock_.last_cycle()); }
  bool ends_in_time(const TickReport& report) const {
    return timing_ == Timing::kFunctional ||
           report.start_cycle + report.cycles <= clock_.last_cycle();
  }
  /// Sets the function that is called at the end of each tick, before the next one starts. It
  /// returns a fault of the chip, or an empty string. A fault raises the error interrupt and stops
  /// the ticks.
  void on_tick_done(std::function<std::string(const TickReport&)> callback);
  /// Sets the function that is called when the host writes the reset register. It must reset the
  /// board, including a call of reset().
  void on_reset(std::function<void()> callback);
  /// Immediately resets the registers and the running tick to their state after elaboration.
  void reset();

  const sc_core::sc_event& default_event() const override { return started_; }
  std::uint64_t number() const override { return done_; }
  bool running() const override { return running_; }
  std::uint64_t committed() const override { return committed_; }
  std::int64_t length() const override { return length_; }
  void busy_until(std::int64_t cycle) override;
  void network_done(std::int64_t cycle) override;

 private:
  void run();
  /// Waits for a committed tick and runs it. Returns early on a reset.
  void run_tick();
  // Both wait, and return false on a reset.
  bool wait_for(const sc_core::sc_event& event);
  bool wait_for(const sc_core::sc_time& time);
  void drive_interrupt();
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  tlm::tlm_response_status check(const tlm::tlm_generic_payload& payload) const;
  void access(tlm::tlm_generic_payload& payload);
  void write(std::uint64_t address, std::uint64_t value);
  bool read(std::uint64_t address, std::uint64_t& value) const;
  bool writable(std::uint64_t address) const;
  void raise(std::uint64_t bits);

  CycleClock clock_;
  Timing timing_;
  std::int64_t barrier_cycles_;
  std::int64_t length_;
  std::function<std::string(const TickReport&)> tick_done_;
  std::function<void()> reset_written_;
  sc_core::sc_event started_;
  sc_core::sc_event committed_event_;
  sc_core::sc_event network_done_;
  sc_core::sc_event interrupt_event_;
  sc_core::sc_event reset_event_;
  bool reset_ = false;  ///< a reset has come, and run() has not restarted yet
  bool running_ = false;
  std::uint64_t committed_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t interrupt_status_ = 0;
  std::uint64_t interrupt_enable_ = 0;
  std::int64_t busy_until_ = 0;
};

}  // namespace spikeloom::hw
