// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/hw/board/fabric.h"
#include "spikeloom/hw/sync/tick_if.h"

namespace spikeloom::hw {

/// The board's end of the spike link to the host. It stores input packets until their tick, then
/// sends them at host_port.cycles_per_packet, and it keeps output packets by tick until the host
/// reads them. The registers are those of arch::host_port. An access takes no time and is made at
/// the initiator's time: b_transport waits until then and returns a delay of zero.
class HostPort : public sc_core::sc_module {
 public:
  /// TLM-2.0 base protocol. Packets are read and written in order, as with a FIFO, so there is no
  /// DMI and no debug transport.
  tlm_utils::simple_target_socket<HostPort> stream;
  sc_core::sc_port<TickIf> tick;
  sc_core::sc_port<FabricIf> fabric;

  HostPort(const sc_core::sc_module_name& name, const arch::ChipDescription& chip);

  const char* kind() const override { return "spikeloom::HostPort"; }

  /// Drops all stored packets.
  void reset();
  /// Sets whether the chip is held in reset, in which it refuses accesses.
  void hold(bool held) { held_ = held; }
  /// Stores the outputs of the tick that has just finished.
  void store_outputs(const std::vector<arch::Packet>& outputs);

 private:
  void on_tick();
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_response_status write(std::uint64_t address, const std::uint8_t* data, unsigned length);
  tlm::tlm_response_status read(std::uint64_t address, std::uint8_t* data, unsigned length);

  const arch::ChipDescription& chip_;
  std::map<std::uint64_t, std::vector<Emission>> inputs_;  ///< by tick
  std::vector<Emission> current_;
  bool held_ = false;
  std::deque<std::vector<std::uint64_t>> outputs_;  ///< of finished ticks, oldest first
  std::size_t next_output_ = 0;                     ///< index in the oldest list
};

}  // namespace spikeloom::hw
