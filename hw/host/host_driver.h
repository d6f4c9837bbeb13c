// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

#include "common/deployment.h"

namespace spikeloom::hw {

class Board;

/// What accesses took on the configuration bus.
struct BusCost {
  std::uint64_t transactions = 0;
  std::uint64_t bytes = 0;
  double seconds = 0.0;
};

/// A word of the chip's memory that is not as it was written.
struct ConfigMismatch {
  std::uint64_t address = 0;
  std::uint64_t expected = 0;
  std::uint64_t found = 0;

  /// For the user: address, core, region, offset, found, expected.
  std::string text() const;
};

/// The host of a chip: a script that talks to it through its sockets and its interrupt alone, as
/// software would. The functions may be called from the script only. A refused access throws
/// std::logic_error: the script made it, not the user.
class HostDriver : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<HostDriver> config;
  tlm_utils::simple_initiator_socket<HostDriver> spikes;
  sc_core::sc_in<bool> interrupt;

  /// The simulation stops when the script returns or throws.
  HostDriver(const sc_core::sc_module_name& name, std::function<void(HostDriver&)> script);

  /// Binds both sockets and the interrupt to those of `board`.
  void connect(Board& board);

  /// To be called after sc_start(): throws what the script threw, which may not cross the kernel.
  void rethrow_failure() const;

  /// Writes all transactions, in order, and waits until the bus is through.
  BusCost load(const std::vector<common::Transaction>& transactions);
  /// Reads back what `load` wrote and returns the first word that differs. No two of the
  /// transactions may write the same word. Adds to `cost`.
  std::optional<ConfigMismatch> verify(const std::vector<common::Transaction>& transactions,
                                       BusCost& cost);
  /// Packets for the first tick that is not committed yet.
  void send(const std::vector<std::uint64_t>& packets);
  /// Lets `ticks` more ticks run.
  void commit(std::uint64_t ticks);
  /// Waits until `ticks` of all committed ticks are done. Returns false where the chip reports an
  /// error in place of it.
  bool wait_until_done(std::uint64_t ticks);
  /// The output packets of the oldest finished tick that was not read yet.
  std::vector<std::uint64_t> receive();

  std::uint64_t read_register(std::uint64_t address);
  void write_register(std::uint64_t address, std::uint64_t value);

 private:
  void run();
  void access(tlm_utils::simple_initiator_socket<HostDriver>& socket, bool write,
              std::uint64_t address, std::uint8_t* data, std::size_t length,
              sc_core::sc_time& delay);

  std::function<void(HostDriver&)> script_;
  sc_core::sc_signal<bool> interrupt_line_;
  std::uint64_t committed_ = 0;
  std::exception_ptr failure_;
};

}  // namespace spikeloom::hw
