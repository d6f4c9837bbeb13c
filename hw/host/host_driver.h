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

/// Cost of accesses on the configuration bus.
struct BusCost {
  std::uint64_t transactions = 0;
  std::uint64_t bytes = 0;
  std::int64_t cycles = 0;
};

/// A word of the chip's memory that differs from what was written.
struct ConfigMismatch {
  std::uint64_t address = 0;
  std::uint64_t expected = 0;
  std::uint64_t found = 0;
  bool written = true;  ///< if false, no transaction writes the word, so it should be 0

  /// Returns a message for the user with address, core of `chip`, region, offset, found and
  /// expected value.
  std::string text(const arch::ChipDescription& chip) const;
};

/// The host of a chip: a script that accesses the chip only through its sockets and its interrupt,
/// as software would. The functions may be called from the script and, after the script has ended,
/// from any other SC_THREAD. A refused access is the fault of the script, not of the user, and
/// throws std::logic_error.
class HostDriver : public sc_core::sc_module {
 public:
  /// To Board::config and Board::spikes.
  tlm_utils::simple_initiator_socket<HostDriver> config;
  tlm_utils::simple_initiator_socket<HostDriver> spikes;
  sc_core::sc_in<bool> interrupt;

  /// The script begins when the simulation does.
  HostDriver(const sc_core::sc_module_name& name, std::function<void(HostDriver&)> script);

  const char* kind() const override { return "spikeloom::HostDriver"; }

  /// Returns whether the script has returned or thrown. The simulation continues after that:
  /// sc_start() returns when no activity is pending. A caller that stops the simulation earlier or
  /// has more to do waits for finished_event().
  bool finished() const { return finished_; }
  const sc_core::sc_event& finished_event() const { return finished_event_; }

  /// Binds both sockets and the interrupt to those of `board`.
  void connect(Board& board);
  /// Binds the interrupt to that of `board`, and the sockets to `to_config` and `to_spikes`, which
  /// belong to modules between the host and the board.
  void connect(Board& board, tlm::tlm_target_socket<>& to_config,
               tlm::tlm_target_socket<>& to_spikes);

  /// Throws what the script has thrown, since an exception must not cross the kernel. Call it after
  /// the script has ended.
  void rethrow_failure() const;

  /// Resets the chip over the bus.
  void reset();
  /// Resets the chip, then writes all transactions. Returns the cost of the transactions, without
  /// that of the reset, which is one more access.
  BusCost load(const std::vector<arch::Transaction>& transactions);
  /// Writes all transactions in order and waits until the bus has finished. Returns their cost.
  BusCost write(const std::vector<arch::Transaction>& transactions);
  /// Reads back all transactions and returns the first word that differs, or nullopt. No two of the
  /// transactions may write the same word. Adds the cost to `cost`.
  std::optional<ConfigMismatch> read_back(const std::vector<arch::Transaction>& transactions,
                                          BusCost& cost);
  /// Does the same as read_back(), then checks that all other memory of all cores of `chip` that
  /// are not dead is 0.
  /// Returns the first word that is wrong, or nullopt. The check uses debug accesses, which take no
  /// time and are not part of `cost`.
  std::optional<ConfigMismatch> verify(const arch::ChipDescription& chip,
                                       const std::vector<arch::Transaction>& transactions,
                                       BusCost& cost);
  /// Debug accesses to memory, which take no time and are not counted: `bytes` at `address`, whole
  /// words.
  std::vector<std::uint8_t> peek(std::uint64_t address, std::uint64_t bytes);
  void poke(std::uint64_t address, std::vector<std::uint8_t> data);
  /// Sends packets for the first tick that is not committed yet.
  void send(const std::vector<std::uint64_t>& packets);
  /// Commits `ticks` more ticks.
  void commit(std::uint64_t ticks);
  /// Enables the interrupts and waits until `ticks` of all committed ticks are done. Returns false
  /// if the chip reports an error instead.
  bool wait_until_done(std::uint64_t ticks);
  /// Returns the output packets of the oldest finished tick that has not been read yet.
  std::vector<std::uint64_t> receive();

  std::uint64_t read_register(std::uint64_t address);
  void write_register(std::uint64_t address, std::uint64_t value);

 private:
  void run();
  using Written = std::map<std::uint64_t, std::size_t>;  ///< bytes by first address
  /// Returns the first word in a region of a core that is neither 0 nor in `written`, or nullopt.
  /// Uses a debug access.
  std::optional<ConfigMismatch> find_unwritten(std::uint64_t address, std::uint64_t bytes,
                                               const Written& written);
  void debug_access(bool write, std::uint64_t address, std::vector<std::uint8_t>& data);
  void access(tlm_utils::simple_initiator_socket<HostDriver>& socket, bool write,
              std::uint64_t address, std::uint8_t* data, std::size_t length,
              sc_core::sc_time& delay);

  std::function<void(HostDriver&)> script_;
  sc_core::sc_signal<bool> interrupt_line_;
  /// Returns the cycle at the time `delay` from now.
  std::int64_t cycle(const sc_core::sc_time& delay) const;
  std::optional<CycleClock> clock_;  ///< clock of the board, once connected
  std::uint64_t committed_ = 0;
  bool interrupts_enabled_ = false;
  std::exception_ptr failure_;
  bool finished_ = false;
  sc_core::sc_event finished_event_;
};

}  // namespace spikeloom::hw
