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

/// The board's end of the spike link to the host: input packets, stored until their tick and then
/// sent at host_port.cycles_per_packet; output packets, kept by tick until the host takes them.
/// Registers: arch::host_port. An access takes no time, and is made at the initiator's time:
/// b_transport waits for it and returns a delay of zero.
class HostPort : public sc_core::sc_module {
 public:
  /// TLM-2.0 base protocol. Packets are read and written in order, as from a FIFO, so that there is
  /// no DMI and no debug transport.
  tlm_utils::simple_target_socket<HostPort> stream;
  sc_core::sc_port<TickIf> tick;
  sc_core::sc_port<FabricIf> fabric;

  HostPort(const sc_core::sc_module_name& name, const arch::ChipDescription& chip);

  const char* kind() const override { return "spikeloom::HostPort"; }

  /// All packets that it keeps are dropped.
  void reset();
  /// The chip is held in reset, in which it refuses accesses.
  void hold(bool held) { held_ = held; }
  /// The board hands over a finished tick's outputs.
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
  std::size_t next_output_ = 0;                     ///< in the oldest one
};

}  // namespace spikeloom::hw
