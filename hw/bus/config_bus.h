// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/bus/bus_observer.h"
#include "spikeloom/hw/sync/cycle_clock.h"

namespace spikeloom::hw {

/// The configuration bus: forwards accesses to the registers of cores and board by the address map.
/// DMI is refused.
///
/// Loosely timed: an access begins with the first clock cycle that does not begin before the
/// initiator's time, sc_time_stamp() + delay. It takes bus.latency_cycles plus a cycle for every
/// bus.bytes_per_cycle bytes, rounded up, and takes effect at its end. For registers (chip control
/// and status; a core's control, status and counters), and for memory while a tick runs or is
/// committed, b_transport waits for the end of the access and returns a delay of zero. At other
/// times memory is accessed immediately, and the returned delay leads to the end of the access.
///
/// A refused access changes nothing. The bus refuses addresses that are not mapped, or of a dead
/// core (TLM_ADDRESS_ERROR_RESPONSE); lengths that are zero, not whole words or greater than
/// bus.max_burst_bytes, misaligned addresses, and streaming (TLM_BURST_ERROR_RESPONSE); byte
/// enables (TLM_BYTE_ENABLE_ERROR_RESPONSE); writes to read-only addresses, and commands other than
/// read and write (TLM_COMMAND_ERROR_RESPONSE); and all accesses while the chip is held in reset
/// (TLM_GENERIC_ERROR_RESPONSE).
class ConfigBus : public sc_core::sc_module {
 public:
  using Initiator = tlm_utils::simple_initiator_socket<ConfigBus>;

  /// From the host. TLM-2.0 base protocol, for one initiator or an interconnect.
  tlm_utils::simple_target_socket<ConfigBus> host;
  /// To the targets. TLM-2.0 base protocol with addresses without chip and unit.
  sc_core::sc_vector<Initiator> cores;  ///< by number on the board
  Initiator board;                      ///< registers of the board itself

  ConfigBus(const sc_core::sc_module_name& name, const arch::ChipDescription& description,
            BusObserver* observer = nullptr);

  const char* kind() const override { return "spikeloom::ConfigBus"; }

  void reset();
  /// Sets whether the chip is held in reset, in which it refuses accesses and debug writes.
  void hold(bool held) { held_ = held; }

  // Counts since reset, including the access that caused it and excluding refused accesses.
  std::uint64_t transactions() const { return transactions_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  /// Returns the cycle in which the access ends.
  std::int64_t access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                      std::int64_t start_cycle);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  tlm::tlm_response_status check(const tlm::tlm_generic_payload& payload) const;
  Initiator* route(std::uint64_t address);

  const arch::ChipDescription& description_;
  CycleClock clock_;
  BusObserver* observer_;
  bool held_ = false;
  std::uint64_t transactions_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace spikeloom::hw
