// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/hw/sync/cycle_clock.h"

namespace spikeloom::hw {

class Board;

/// What accesses took on the configuration bus.
struct BusCost {
  std::uint64_t transactions = 0;
  std::uint64_t bytes = 0;
  std::int64_t cycles = 0;
};

/// A word of the chip's memory that is not as it was written.
struct ConfigMismatch {
  std::uint64_t address = 0;
  std::uint64_t expected = 0;
  std::uint64_t found = 0;
  bool written = true;  ///< false: no transaction writes it, so it should be 0

  /// For the user: address, core of `chip`, region, offset, found, expected.
  std::string text(const arch::ChipDescription& chip) const;
};

/// The host of a chip: a script that talks to it through its sockets and its interrupt alone, as
/// software would. The functions may be called from the script, and when it is over from any other
/// SC_THREAD. A refused access throws std::logic_error: the script made it, not the user.
class HostDriver : public sc_core::sc_module {
 public:
  /// To Board::config and Board::spikes.
  tlm_utils::simple_initiator_socket<HostDriver> config;
  tlm_utils::simple_initiator_socket<HostDriver> spikes;
  sc_core::sc_in<bool> interrupt;

  /// The script begins with the simulation.
  HostDriver(const sc_core::sc_module_name& name, std::function<void(HostDriver&)> script);

  const char* kind() const override { return "spikeloom::HostDriver"; }

  /// The script has returned or thrown. The simulation goes on: sc_start() returns when nothing
  /// else is planned, and whoever is to stop it before, or has more to do, waits for the event.
  bool finished() const { return finished_; }
  const sc_core::sc_event& finished_event() const { return finished_event_; }

  /// Binds both sockets and the interrupt to those of `board`.
  void connect(Board& board);
  /// Likewise, through what lies between: the sockets are bound to `to_config` and `to_spikes`.
  void connect(Board& board, tlm::tlm_target_socket<>& to_config,
               tlm::tlm_target_socket<>& to_spikes);

  /// To be called when the script is over: throws what it threw, which may not cross the kernel.
  void rethrow_failure() const;

  /// Resets the chip over the bus.
  void reset();
  /// Resets the chip, then writes all transactions. Returns what the transactions took; the reset
  /// is one more access.
  BusCost load(const std::vector<arch::Transaction>& transactions);
  /// Writes all transactions, in order, and waits until the bus is through.
  BusCost write(const std::vector<arch::Transaction>& transactions);
  /// Reads back what was written and returns the first word that differs. No two of the
  /// transactions may write the same word. Adds to `cost`.
  std::optional<ConfigMismatch> read_back(const std::vector<arch::Transaction>& transactions,
                                          BusCost& cost);
  /// read_back(), and then by debug accesses, which take no time and are in no cost, that all other
  /// memory of all cores of `chip` is 0.
  std::optional<ConfigMismatch> verify(const arch::ChipDescription& chip,
                                       const std::vector<arch::Transaction>& transactions,
                                       BusCost& cost);
  /// Packets for the first tick that is not committed yet.
  void send(const std::vector<std::uint64_t>& packets);
  /// Lets `ticks` more ticks run.
  void commit(std::uint64_t ticks);
  /// Waits until `ticks` of all committed ticks are done, having enabled the interrupts. Returns
  /// false where the chip reports an error in place of it.
  bool wait_until_done(std::uint64_t ticks);
  /// The output packets of the oldest finished tick that was not read yet.
  std::vector<std::uint64_t> receive();

  std::uint64_t read_register(std::uint64_t address);
  void write_register(std::uint64_t address, std::uint64_t value);

 private:
  void run();
  using Written = std::map<std::uint64_t, std::size_t>;  ///< bytes by first address
  /// The first word of a core's region that is neither 0 nor written, by a debug access.
  std::optional<ConfigMismatch> find_unwritten(std::uint64_t address, std::uint64_t bytes,
                                               const Written& written);
  void access(tlm_utils::simple_initiator_socket<HostDriver>& socket, bool write,
              std::uint64_t address, std::uint8_t* data, std::size_t length,
              sc_core::sc_time& delay);

  std::function<void(HostDriver&)> script_;
  sc_core::sc_signal<bool> interrupt_line_;
  /// The cycle of `delay` from now on.
  std::int64_t cycle(const sc_core::sc_time& delay) const;
  std::optional<CycleClock> clock_;  ///< the board's, once connected
  std::uint64_t committed_ = 0;
  bool interrupts_enabled_ = false;
  std::exception_ptr failure_;
  bool finished_ = false;
  sc_core::sc_event finished_event_;
};

}  // namespace spikeloom::hw
